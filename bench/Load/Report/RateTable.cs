using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Latencies at constant rates as lines of a Markdown table.</summary>
internal static class RateTable
{
    public const string Note =
        "Latency counts from when a request was due; client: the share of the load generator's processor that was busy. "
        + "‡: that processor had no time left, so the latency isn't the server's alone. "
        + "§: the server fell behind, so its latency grows with the length of the measurement.";

    public const string NotePastSaturation =
        "Past saturation § is what is looked for: answered/s tells whether a server still does as much, and the percentiles of those "
        + "that it answered within twice the length of the load tell whether old requests end before new ones begin.";

    public static IEnumerable<string> Head() =>
    [
        $"| {"server at a constant rate",-56} | {"due/s",8} | {"answered/s",10} | {"p50 ms",8} | {"p99 ms",8} | {"p99.9 ms",8} "
        + $"| {"CPU µs",8} | {"client",6} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static IEnumerable<string> Rows(RateResult result) =>
    [
        $"| **{result.Name}** | | | | | | | |",
        .. result.Standings.Select(Row),
    ];

    private static string Row(RateStanding standing)
    {
        var marks = (standing.IsMarked ? " †" : string.Empty) + (standing.IsOfClient ? " ‡" : string.Empty)
            + (standing.IsBehind ? " §" : string.Empty);
        var name = $"{standing.Entry.Candidate.Name}, {standing.Entry.Cell.Transport.Name()}{marks}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name,-56} | {standing.Rate.PerSecond,8:F0} | {Number(standing.Of(sample => sample.Answered), "F0"),10} "
            + $"| {Milliseconds(standing.Of(sample => sample.MedianMicroseconds)),8} "
            + $"| {Milliseconds(standing.Of(sample => sample.P99Microseconds)),8} "
            + $"| {Milliseconds(standing.Of(sample => sample.P999Microseconds)),8} "
            + $"| {Number(standing.Of(sample => sample.ProcessorMicroseconds), "F1"),8} "
            + $"| {Number(standing.Of(sample => sample.ClientShare), "P0"),6} |");
    }

    private static string Milliseconds(Spread? microseconds) =>
        (microseconds?.Median / 1000)?.ToString("F3", CultureInfo.InvariantCulture) ?? "—";

    private static string Number(Spread? spread, string format) => spread?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "—";
}
