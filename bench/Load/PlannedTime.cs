using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load;

/// <summary>Seconds that measurements are to take, without the start of clients between them.</summary>
/// <param name="servers">How many are compared.</param>
/// <param name="ofCurves">How many of them in curves and at constant rates.</param>
internal sealed class PlannedTime(BenchOptions options, int servers, int ofCurves)
{
    /// <summary>For each server of a cell: warming, and trying configurations.</summary>
    private const double Preparing = 3;

    /// <summary>Subscribers connect, an object arrives, and they get it once more.</summary>
    public const double SecondsOfFanOut = 3;

    public double All =>
        Plan.Groups(options).Sum(Of)
        + Plan.Sweep(options).Sum(Of)
        + Plan.Forwarding(options).Sum(OfForwarding)
        + Plan.FanOut(options).Sum(OfFanOut)
        + (options.IsRateWanted ? RatePlan.CountExpected(options) * OfRates(ofCurves * options.Transports.Count) : 0)
        + (options.Quick ? 0 : (2 * OfConnections) + OfIdle);

    /// <summary>A comparison of new connections.</summary>
    public double OfConnections => servers * ((options.Rounds * options.Seconds) + Preparing);

    public double Of(CellGroup cells) => cells.IsOfCurve
        ? cells.Cells.Count * ofCurves * ((Plan.RoundsOfSweep(options) * options.Seconds) + 1)
        : cells.Cells.Count * servers * ((options.Rounds * options.Seconds) + Preparing);

    public double OfForwarding(CellGroup cells) =>
        cells.Cells.Count * (options.Quick ? ofCurves : servers) * ((Plan.RoundsOfForwarding(options) * options.Seconds) + Preparing);

    /// <summary>What idle connections take.</summary>
    public double OfIdle => servers * (Preparing + (2 * IdleConnections.Watched.TotalSeconds));

    public double OfFanOut(CellGroup cells) =>
        cells.Cells.Count * (options.Quick ? ofCurves : servers) * (Plan.RoundsOfForwarding(options) + 1) * SecondsOfFanOut;

    public double OfRates(int entries) => entries * RatePlan.Rounds(options) * RatePlan.Length(options).TotalSeconds;
}
