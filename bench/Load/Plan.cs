using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>Which cells are measured.</summary>
internal static class Plan
{
    private static readonly Payload[] Few = [new(1024), new(1_345_292)];
    private static readonly Payload[] All = [new(1024), new(16 * 1024), new(100 * 1024), new(1_345_292)];

    public static Payload[] Objects(bool quick) => quick ? Few : All;

    /// <summary>Cells that are measured in the same rounds: one object on a number of connections, over every transport, so that what a
    /// transport costs is a ratio within a round.</summary>
    public static IReadOnlyList<CellGroup> Groups(BenchOptions options)
    {
        var transports = Enum.GetValues<Transport>().Where(transport => options.KernelTls || !transport.NeedsKernel()).ToArray();
        return
        [
            .. from count in options.Connections
               from item in Objects(options.Quick)
               let all = transports.Select(transport => new Cell(transport, item, count))
               let cells = all.Where(cell => IsWanted(options, cell.Name)).ToArray()
               where cells.Length > 0
               select new CellGroup(string.Create(CultureInfo.InvariantCulture, $"{item.Bytes:N0} B, {count} connections"), cells),
        ];
    }

    /// <summary>Whether a comparison of this name is among those asked for.</summary>
    public static bool IsWanted(BenchOptions options, string name) =>
        options.Only is null || name.Contains(options.Only, StringComparison.OrdinalIgnoreCase);
}
