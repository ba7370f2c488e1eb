using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load;

/// <summary>Seconds that measurements are to take, without the start of clients between them.</summary>
/// <param name="servers">All that are compared.</param>
internal sealed class PlannedTime(BenchOptions options, IReadOnlyList<IServer> servers)
{
    /// <summary>For each server of a cell: warming, and trying configurations.</summary>
    private const double Preparing = 3;

    /// <summary>Subscribers connect, an object arrives, and they get it once more.</summary>
    public const double SecondsOfFanOut = 3;

    private readonly IReadOnlyList<IServer> _ofCurves = Contestants.OfCurves(servers);

    public double All =>
        Plan.Groups(options).Sum(Of)
        + Plan.Sweep(options).Sum(Of)
        + Plan.Forwarding(options).Sum(OfForwarding)
        + Plan.FanOut(options).Sum(OfFanOut)
        + (options.IsRateWanted ? RatePlan.CountExpected(options) * OfRates(options.Transports.Sum(CountOfCurves)) : 0)
        + (PastSaturation.Cell(options) is null ? 0 : OfPastSaturation)
        + SlowReadersPlan.Cells(options).Sum(cells => OfSlowReaders(cells.Fast))
        + (options.Quick ? 0 : (2 * OfConnections) + OfIdleMemory + OfIdle);

    /// <summary>A comparison of new connections.</summary>
    public double OfConnections => (CountTls + Contestants.CountEngines(options)) * ((options.Rounds * options.Seconds) + Preparing);

    public double OfIdleMemory => CountTls * (Preparing + 2);

    /// <summary>What idle connections take.</summary>
    public double OfIdle => CountTls * (Preparing + (2 * IdleConnections.Watched.TotalSeconds));

    public double OfPastSaturation => CountOfCurves(Transport.Plaintext) * PastSaturation.Seconds(options);

    private IReadOnlyList<IServer> Forwarding => options.Quick ? _ofCurves : servers;

    private double CountTls => Count([new Cell(options.Transports[1], options.Objects[0], 1)], servers);

    public double Of(CellGroup cells) => cells.IsOfCurve
        ? Count(cells.Cells, _ofCurves) * ((Plan.RoundsOfSweep(options) * options.Seconds) + 1)
        : Count(cells.Cells, Contestants.Of(cells, servers)) * ((options.Rounds * options.Seconds) + Preparing);

    public double OfForwarding(CellGroup cells) =>
        Count(cells.Cells, Forwarding) * ((Plan.RoundsOfForwarding(options) * options.Seconds) + Preparing);

    public double OfFanOut(CellGroup cells) =>
        Count(cells.Cells, Forwarding) * (Plan.RoundsOfForwarding(options) + 1) * SecondsOfFanOut;

    public double OfRates(int entries) => entries * RatePlan.Rounds(options) * RatePlan.Length(options).TotalSeconds;

    public double OfSlowReaders(Cell cell) =>
        Count([cell], _ofCurves) * SlowReadersPlan.Rounds(options) * SlowReadersPlan.Seconds(options);

    /// <summary>Cells with each server that serves them.</summary>
    private static int Count(IEnumerable<Cell> cells, IReadOnlyList<IServer> servers) =>
        cells.Sum(cell => servers.Count(server => server.CandidatesOf(cell).Count > 0));

    private int CountOfCurves(Transport transport) => Count([new Cell(transport, options.Objects[^1], 1)], _ofCurves);
}
