using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>Which cells are measured.</summary>
internal static class Plan
{
    /// <summary>What is uploaded, and what arrives.</summary>
    public static Payload Megabyte { get; } = new(1_000_000);

    private static readonly Payload[] Few = [new(1024), new(1_345_292)];
    private static readonly int[] FewSubscribers = [200];
    private static readonly int[] ManySubscribers = [200, 1000];
    private static readonly int[] FewConnections = [1, 8, 128];
    private static readonly int[] ManyConnections = [1, 2, 4, 16, 64, 256, 1024];
    private static readonly int[] ConnectionsOfRivals = [1, 8, 64, 1024];
    private static readonly Payload[] All = [new(1024), new(16 * 1024), new(100 * 1024), new(1_345_292)];

    public static Payload[] Objects(bool quick) => quick ? Few : All;

    /// <summary>How often each server is measured where nobody says it: a kernel with TLS more than doubles the rows, rivals double the
    /// servers, and a run has a limit.</summary>
    public static int Rounds(bool quick, bool kernelTls, bool rivals) => (quick, kernelTls || rivals) switch
    {
        (true, false) => 5,
        (true, true) => 3,
        (false, false) => 7,
        _ => 5,
    };

    /// <summary>How long each server is measured where nobody says it.</summary>
    public static int Seconds(bool quick, bool rivals) => quick || rivals ? 1 : 2;

    /// <summary>Cells that are measured in the same rounds: one object on a number of connections, over every transport, so that what a
    /// transport costs is a ratio within a round.</summary>
    public static IReadOnlyList<CellGroup> Groups(BenchOptions options)
    {
        return
        [
            .. from count in options.Connections
               from item in options.Objects
               let all = options.Transports.Select(transport => new Cell(transport, item, count))
               let cells = all.Where(cell => IsWanted(options, cell.Name)).ToArray()
               where cells.Length > 0
               select new CellGroup(string.Create(CultureInfo.InvariantCulture, $"{item.Bytes:N0} B, {count} connections"), cells)
               {
                   // On the largest number of connections rivals tell enough.
                   HasRivals = count == options.Connections.Max(),
               },
        ];
    }

    /// <summary>One object, over plaintext and TLS in user space, on more and more connections.</summary>
    public static IReadOnlyList<CellGroup> Sweep(BenchOptions options)
    {
        const string Name = "throughput by connections";
        if (!IsWanted(options, Name))
            return [];
        var item = options.Objects[options.Quick ? 0 : Math.Min(1, options.Objects.Count - 1)];
        return
        [
            .. (options.Quick ? FewConnections : options.Rivals ? ConnectionsOfRivals : ManyConnections).Select(count => new CellGroup(
                string.Create(CultureInfo.InvariantCulture, $"{Name}: {item.Bytes:N0} B, {count} connections"),
                [.. from transport in options.Transports where !transport.NeedsKernel() select new Cell(transport, item, count)],
                IsOfCurve: true)),
        ];
    }

    /// <summary>Requests that servers pass on to the origin: objects that may not be stored, and uploads. The largest number of connections
    /// tells enough.</summary>
    public static IReadOnlyList<CellGroup> Forwarding(BenchOptions options)
    {
        if (options.Targets.Count > 0)
            return [];
        var misses = options.Quick ? options.Objects.Take(1) : options.Objects.Take(1).Union(options.Objects.TakeLast(1));
        (Work Work, Payload Object)[] kinds = [.. misses.Select(item => (Work.Miss, item)), (Work.Upload, Megabyte)];
        return
        [
            .. from kind in kinds
               let all = options.Transports.Where(transport => !transport.NeedsKernel())
                   .Select(transport => new Cell(transport, kind.Object, options.Connections.Max(), kind.Work))
               let cells = all.Where(cell => IsWanted(options, cell.Name)).ToArray()
               where cells.Length > 0
               select new CellGroup(
                   string.Create(CultureInfo.InvariantCulture, $"{kind.Work.Prefix()}{kind.Object.Bytes:N0} B"), cells),
        ];
    }

    /// <summary>What servers pass on is told beside hits, and a quick run has little time.</summary>
    public static int RoundsOfForwarding(BenchOptions options) => Math.Min(options.Rounds, options.Quick ? 3 : 5);

    /// <summary>One object that arrives from the origin for subscribers, as a number of connections.</summary>
    public static IReadOnlyList<CellGroup> FanOut(BenchOptions options)
    {
        if (options.Targets.Count > 0)
            return [];
        return
        [
            .. from count in options.Quick ? FewSubscribers : ManySubscribers
               let all = options.Transports.Where(transport => !transport.NeedsKernel())
                   .Select(transport => new Cell(transport, Megabyte, count, Work.Arrival))
               let cells = all.Where(cell => IsWanted(options, cell.Name)).ToArray()
               where cells.Length > 0
               select new CellGroup(
                   string.Create(CultureInfo.InvariantCulture, $"{Work.Arrival.Prefix()}{Megabyte.Bytes:N0} B, {count} subscribers"),
                   cells),
        ];
    }

    /// <summary>A curve of many points needs fewer rounds for each than a ratio that is to be trusted.</summary>
    public static int RoundsOfSweep(BenchOptions options) => options.Quick ? 1 : Math.Min(options.Rounds, options.Rivals ? 2 : 3);

    /// <summary>Whether a comparison of this name is among those asked for.</summary>
    public static bool IsWanted(BenchOptions options, string name) =>
        options.Only is null || name.Contains(options.Only, StringComparison.OrdinalIgnoreCase);
}
