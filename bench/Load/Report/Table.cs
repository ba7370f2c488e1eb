using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Results as lines of a Markdown table. A dagger marks a server that failed in a round.</summary>
internal static class Table
{
    public const string Note =
        "per second: requests, or new connections, that the server answered. of a core, GB/s of a core: what one processor could do at "
        + "this cost. CPU µs: the server's processor time for each, the median of the rounds and their range. CPU s/GB: for 10⁹ "
        + "bytes of bodies. "
        + "× plain: by the same server's in plaintext. ratio: by that of the last server of the cell, within rounds; below 1 is less. "
        + "enters: io_uring_enter calls, alloc B: bytes of the managed heap, for each request. †: some round has no figure.";

    private const string Missing = "—";

    public static IEnumerable<string> Head() =>
    [
        $"| {"server",-56} | {"per second",10} | {"of a core",9} | {"GB/s of a core",14} | {"CPU µs",8} | {"from … to",15} "
        + $"| {"CPU s/GB",8} | {"× plain",7} | {"ratio",5} | {"from … to",11} | {"enters",6} | {"alloc B",7} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static IEnumerable<string> Rows(Result result)
    {
        foreach (var cell in result.Standings.GroupBy(standing => standing.Entry.Cell))
        {
            yield return Line(result.Unit == Result.Requests ? $"**{cell.Key.Name}**" : $"**{result.Name}**");
            foreach (var standing in cell)
                yield return Row(result, standing);
        }

        var disturbance = result.Standings.Average(standing => standing.Disturbance);
        if (disturbance > OtherLoad.Tolerated)
        {
            yield return Line(string.Create(
                CultureInfo.InvariantCulture, $"others took {disturbance:P0} of the servers' processor: trust no small difference"));
        }
    }

    /// <summary>Which measurements failed, below the table.</summary>
    public static IEnumerable<string> Failures(IEnumerable<Failure> failures) => failures.Select(failure => $"† {failure.Sentence}");

    public static IEnumerable<string> Idle(IEnumerable<IdleResult> results) =>
    [
        string.Empty,
        $"| {"idle TLS connections",-56} | KiB each | CPU ms/s with none | CPU ms/s with {IdleConnections.Count:N0} |",
        "| --- | --- | --- | --- |",
        .. results.Select(result => string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Server,-56} | {result.Kibibytes,8:F1} | {result.MillisecondsWithNone,18:F2} "
            + $"| {result.MillisecondsWithMany,19:F2} |")),
    ];

    private static string Line(string text) => $"| {text} |{string.Concat(Enumerable.Repeat(" |", 11))}";

    private static string Row(Result result, Standing standing)
    {
        var reference = result.ReferenceOf(standing);
        var ratio = standing.RatioTo(reference);
        var cost = Cost.Of(standing);
        var ofBodies = result.Unit == Result.Requests ? cost : null;
        var toPlaintext = result.PlaintextOf(standing) is { } plaintext ? standing.RatioTo(plaintext) : null;
        var name = standing.Entry.Candidate.Name + (standing.IsMarked ? " †" : string.Empty);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name,-56} | {Number(standing.RequestsPerSecond?.Median, "F0"),10} | {Number(cost?.RequestsPerCore, "F0"),9} "
            + $"| {Number(ofBodies?.GigabytesPerCore, "F2"),14} | {Number(cost?.Microseconds, "F2"),8} "
            + $"| {Range(standing.ProcessorMicroseconds),15} | {Number(ofBodies?.SecondsPerGigabyte, "F3"),8} "
            + $"| {Number(toPlaintext?.Median, "F2"),7} | {Number(ratio?.Median, "F2"),5} "
            + $"| {(standing == reference ? string.Empty : Range(ratio)),11} | {standing.Enters,6:F3} | {standing.AllocatedBytes,7:F1} |");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Missing;

    private static string Range(Spread? spread) =>
        spread is null ? Missing : string.Create(CultureInfo.InvariantCulture, $"{spread.Lowest:F2} … {spread.Highest:F2}");
}
