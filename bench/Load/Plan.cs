namespace TlsProxy.Bench.Load;

/// <summary>Which cells are measured.</summary>
internal static class Plan
{
    private static readonly Payload[] Few = [new(1024), new(1_345_292)];
    private static readonly Payload[] All = [new(1024), new(16 * 1024), new(100 * 1024), new(1_345_292)];

    public static Payload[] Objects(bool quick) => quick ? Few : All;

    public static IReadOnlyList<Cell> Cells(BenchOptions options)
    {
        Transport[] transports = options.KernelTls ? [Transport.Plaintext, Transport.Tls, Transport.KernelTls] : [Transport.Plaintext, Transport.Tls];
        var all =
            from transport in transports
            from count in options.Connections
            from item in Objects(options.Quick)
            select new Cell(transport, item, count);
        return [.. all.Where(cell => IsWanted(options, cell.Name))];
    }

    /// <summary>Whether a comparison of this name is among those asked for.</summary>
    public static bool IsWanted(BenchOptions options, string name) =>
        options.Only is null || name.Contains(options.Only, StringComparison.OrdinalIgnoreCase);
}
