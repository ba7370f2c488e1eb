using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load;

/// <summary>Seconds that measurements are to take, without the start of clients between them.</summary>
/// <param name="servers">How many are compared.</param>
internal sealed class PlannedTime(BenchOptions options, int servers)
{
    /// <summary>For each server of a cell: warming, and trying configurations.</summary>
    private const double Preparing = 3;

    /// <summary>Servers of a curve, and of constant rates: the first and the reference.</summary>
    private const int OfCurve = 2;

    public double All =>
        Plan.Groups(options).Sum(Of)
        + Plan.Sweep(options).Sum(Of)
        + Plan.Forwarding(options).Sum(OfForwarding)
        + (options.IsRateWanted ? RatePlan.CountExpected(options) * OfRates(OfCurve * options.Transports.Count) : 0)
        + (options.Quick ? 0 : 3 * OfConnections);

    /// <summary>A comparison of new connections, or the memory of idle ones.</summary>
    public double OfConnections => servers * ((options.Rounds * options.Seconds) + Preparing);

    public double Of(CellGroup cells) => cells.IsOfCurve
        ? cells.Cells.Count * OfCurve * ((Plan.RoundsOfSweep(options) * options.Seconds) + 1)
        : cells.Cells.Count * servers * ((options.Rounds * options.Seconds) + Preparing);

    public double OfForwarding(CellGroup cells) =>
        cells.Cells.Count * (options.Quick ? OfCurve : servers) * ((Plan.RoundsOfForwarding(options) * options.Seconds) + Preparing);

    public double OfRates(int entries) => entries * RatePlan.Rounds(options) * RatePlan.Length(options).TotalSeconds;
}
