using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>More than a server can answer, on a connection for each request: what becomes of those that are answered. Over TLS the
/// handshakes would keep the load generator busier than the servers, so the load is in plaintext.</summary>
internal static class PastSaturation
{
    public const string Name = "past saturation";

    /// <summary>Requests under way at most: those that are due beyond wait for their turn at the client. It is less than nginx lets wait to
    /// be accepted.</summary>
    private const int Connections = 500;

    /// <summary>Requests due a second by which no server isn't saturated.</summary>
    private const double More = 1_000_000;

    private static readonly double[] Shares = [0.9, 1.1, 1.25, 1.5];

    /// <summary>Two rounds of twice the length, since no server keeps the pace.</summary>
    public static int Rounds(BenchOptions options) => Math.Min(options.Rounds, 2);

    /// <summary>Seconds that all measurements of one server take.</summary>
    public static double Seconds(BenchOptions options) =>
        Rounds(options) * (1 + Shares.Length) * RateLoad.OverrunAtMost * RatePlan.Length(options).TotalSeconds;

    /// <summary>The largest object, where it can be had in plaintext; null where it isn't asked for.</summary>
    public static Cell? Cell(BenchOptions options)
    {
        if (options.Quick || !options.Transports.Contains(Transport.Plaintext))
            return null;
        var cell = new Cell(Transport.Plaintext, options.Objects.MaxBy(item => item.Bytes)!, Connections);
        return Plan.IsWanted(options, string.Create(CultureInfo.InvariantCulture, $"{Name}, {cell.Name}")) ? cell : null;
    }

    /// <summary>Finds out what saturates each server, then measures all at shares of it.</summary>
    /// <param name="entries">Each with its best configuration for the cell.</param>
    /// <param name="run">Makes one comparison.</param>
    public static IEnumerable<RateResult> Run(
        BenchOptions options, IReadOnlyList<Entry> entries, Func<RateComparison, RateResult> run)
    {
        var length = RatePlan.Length(options);
        Rate At(double perSecond) => new(perSecond, length, Connections, IsConnectionPerRequest: true);
        var asMany = new RateComparison(
            $"{Name}: as many as each server answers", Share: null, entries.ToDictionary(entry => entry, _ => At(More)));
        var saturated = run(asMany).Standings.Where(standing => standing.Samples.Any()).ToArray();
        foreach (var share in saturated.Length == 0 ? [] : Shares)
        {
            yield return run(new RateComparison(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Name}: {entries[0].Cell.Object.Bytes:N0} B, a connection per request, "
                    + $"at {share:P0} of what each server answers at most"),
                share,
                saturated.ToDictionary(
                    standing => standing.Entry, standing => At(standing.Of(sample => sample.Answered)!.Median * share))));
        }
    }
}
