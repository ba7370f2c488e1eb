using System.Globalization;
using TlsProxy.Bench.Load.Entries;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Filled caches as lines of a Markdown table.</summary>
internal static class EntriesTable
{
    public static string Note => string.Create(
        CultureInfo.InvariantCulture,
        $"{EntriesPlan.HitsPerSecond:F0} hits a second while up to {EntriesPlan.MissesPerSecond:N0} misses a second fill the cache with "
        + $"bodies of {EntriesPlan.Object.Bytes:N0} B. B an entry: what the process grew by, without the body; garbage is in it. "
        + $"gen0 … gen2: collections meanwhile.");

    public static IEnumerable<string> Head() =>
    [
        $"| {"hits while a cache fills",-44} | {"entries",9} | {"misses/s",8} | {"p50 ms",7} | {"p99 ms",7} | {"longest ms",10} "
        + $"| {"B an entry",10} | {"RSS MiB",7} | {"gen0",4} | {"gen1",4} | {"gen2",4} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static string Row(EntriesStanding standing)
    {
        var marks = (standing.IsMarked ? " †" : string.Empty) + (standing.IsOfClient ? " ‡" : string.Empty);
        string Number(Func<EntriesSample, double> figure, string format) =>
            standing.Of(figure)?.Median.ToString(format, CultureInfo.InvariantCulture) ?? "—";
        return $"| {standing.Server + marks,-44} | {standing.Entries.ToString("N0", CultureInfo.InvariantCulture),9} "
            + $"| {Number(sample => sample.MissesPerSecond, "N0"),8} | {Number(sample => sample.MedianMicroseconds / 1000, "F3"),7} "
            + $"| {Number(sample => sample.P99Microseconds / 1000, "F3"),7} "
            + $"| {Number(sample => sample.HighestMicroseconds / 1000, "F1"),10} "
            + $"| {Number(sample => sample.BytesBesideBody, "N0"),10} | {Number(sample => sample.ResidentMebibytes, "N0"),7} "
            + $"| {Number(sample => sample.Collections.Gen0, "F0"),4} | {Number(sample => sample.Collections.Gen1, "F0"),4} "
            + $"| {Number(sample => sample.Collections.Gen2, "F0"),4} |";
    }
}
