using System.Globalization;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Slow readers as lines of a Markdown table.</summary>
internal static class SlowReadersTable
{
    public static string Note => string.Create(
        CultureInfo.InvariantCulture,
        $"Fast clients at a constant rate, alone and then beside {SlowReadersPlan.Readers} slow readers that take the largest object at "
        + $"{SlowReadersPlan.BytesPerSecond / 1024:F0} KiB a second each. Memory is the server's own: the kernel's isn't counted.");

    public static IEnumerable<string> Head() =>
    [
        $"| {"fast clients and slow readers",-56} | {"p50 ms alone",12} | {"p50 ms beside",13} | {"p99 ms alone",12} "
        + $"| {"p99 ms beside",13} | {"reader KiB/s",12} | {"RSS MiB",7} | {"KiB a reader",12} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static string Row(SlowReadersStanding standing)
    {
        var marks = (standing.IsMarked ? " †" : string.Empty) + (standing.IsOfClient ? " ‡" : string.Empty);
        var name = $"{standing.Entry.Candidate.Name}, {standing.Entry.Cell.Transport.Name()}{marks}";
        string Number(Func<SlowReadersSample, double> figure, string format) =>
            standing.Of(figure)?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "—";
        return $"| {name,-56} | {Number(sample => sample.Alone.MedianMicroseconds / 1000, "F3"),12} "
            + $"| {Number(sample => sample.Beside.MedianMicroseconds / 1000, "F3"),13} "
            + $"| {Number(sample => sample.Alone.P99Microseconds / 1000, "F3"),12} "
            + $"| {Number(sample => sample.Beside.P99Microseconds / 1000, "F3"),13} "
            + $"| {Number(sample => sample.KibibytesPerSecond, "F0"),12} | {Number(sample => sample.ResidentMebibytes, "F1"),7} "
            + $"| {Number(sample => sample.KibibytesEach, "F1"),12} |";
    }
}
