using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Results as lines of a Markdown table. A dagger marks a server that failed in a round.</summary>
internal static class Table
{
    private const string Missing = "—";

    public static IEnumerable<string> Head() =>
    [
        $"| {"server",-56} | {"per second",10} | {"CPU µs",8} | {"from … to",15} | {"ratio",5} | {"from … to",11} | {"enters",6} | {"alloc B",7} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static IEnumerable<string> Rows(Result result)
    {
        yield return $"| **{result.Cell}** | | | | | | | |";
        foreach (var standing in result.Standings)
            yield return Row(standing, result.ReferenceOf(standing));
        var disturbance = result.Standings.Average(standing => standing.Disturbance);
        if (disturbance > OtherLoad.Tolerated)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"| others took {disturbance:P0} of the servers' processor: trust no small difference | | | | | | | |");
        }
    }

    /// <summary>Which measurements failed, below the table.</summary>
    public static IEnumerable<string> Failures(IEnumerable<Failure> failures) => failures.Select(failure => $"† {failure.Sentence}");

    public static IEnumerable<string> Idle(IEnumerable<IdleResult> results) =>
    [
        string.Empty,
        "| idle TLS connection | KiB |",
        "| --- | --- |",
        .. results.Select(result => string.Create(CultureInfo.InvariantCulture, $"| {result.Server} | {result.Kibibytes:F1} |")),
    ];

    private static string Row(Standing standing, Standing reference)
    {
        var ratio = standing.RatioTo(reference);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {standing.Entry.Candidate.Name + (standing.IsMarked ? " †" : string.Empty),-56} | {Number(standing.RequestsPerSecond, "F0"),10} "
            + $"| {Number(standing.ProcessorMicroseconds, "F2"),8} | {Range(standing.ProcessorMicroseconds),15} | {Number(ratio, "F2"),5} "
            + $"| {(standing == reference ? string.Empty : Range(ratio)),11} | {standing.Enters,6:F3} | {standing.AllocatedBytes,7:F1} |");
    }

    private static string Number(Spread? spread, string format) => spread?.Median.ToString(format, CultureInfo.InvariantCulture) ?? Missing;

    private static string Range(Spread? spread) =>
        spread is null ? Missing : string.Create(CultureInfo.InvariantCulture, $"{spread.Lowest:F2} … {spread.Highest:F2}");
}
