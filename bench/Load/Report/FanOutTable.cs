using System.Globalization;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Fan-outs as lines of a Markdown table.</summary>
internal static class FanOutTable
{
    public const string Note =
        "CPU s/GB: the server's processor time for 10⁹ bytes that subscribers get, while the object arrives from the origin and once "
        + "more from the cache. ratio: one by the other, within rounds.";

    public static IEnumerable<string> Head() =>
    [
        $"| {"an arriving object to subscribers",-56} | {"subscribers",11} | {"CPU s/GB arriving",17} | {"CPU s/GB cached",15} "
        + $"| {"ratio",5} | {"from … to",11} |",
        "| --- | --- | --- | --- | --- | --- |",
    ];

    public static string Row(FanOutStanding standing)
    {
        var cell = standing.Entry.Cell;
        var name = $"{standing.Entry.Candidate.Name}, {cell.Transport.Name()}{(standing.IsMarked ? " †" : string.Empty)}";
        var range = standing.Ratio is { } ratio
            ? string.Create(CultureInfo.InvariantCulture, $"{ratio.Lowest:F2} … {ratio.Highest:F2}")
            : "—";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name,-56} | {cell.Connections,11} | {PerGigabyte(standing.Arriving, cell),17} | {PerGigabyte(standing.Cached, cell),15} "
            + $"| {standing.Ratio?.Median.ToString("F2", CultureInfo.InvariantCulture) ?? "—",5} | {range,11} |");
    }

    private static string PerGigabyte(Spread? microseconds, Cell cell) => microseconds is null
        ? "—"
        : new Cost(microseconds.Median, cell.Object.Bytes).SecondsPerGigabyte.ToString("F3", CultureInfo.InvariantCulture);
}
