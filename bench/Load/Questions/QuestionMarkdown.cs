using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>The answer to a question for a page in Markdown: a table, and what it says in words.</summary>
internal static class QuestionMarkdown
{
    /// <summary>The block that tells what all figures were measured on.</summary>
    public const string MachineBlock = "machine";

    /// <param name="date">Of the run.</param>
    public static IEnumerable<string> Machine(IReadOnlyDictionary<string, string> circumstances, DateTime date) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"- **date**: {date:d MMMM yyyy}"),
        .. circumstances.Select(pair => $"- **{pair.Key}**: {pair.Value}"),
    ];

    public static IEnumerable<string> Answer(QuestionResult result)
    {
        var polls = result.PollShares.Count > 0;
        yield return "| load | setting | CPU µs | ratio | from … to | requests/s | enters |"
            + (polls ? " polling thread |" : string.Empty);
        yield return $"| --- | --- | --- | --- | --- | --- | --- |{(polls ? " --- |" : string.Empty)}";
        foreach (var standing in result.Cells.SelectMany(cell => cell))
            yield return Row(result, standing) + (polls ? $" {PollShare(result, standing.Entry)} |" : string.Empty);
        if (result.Rates.Count > 0)
        {
            yield return string.Empty;
            yield return "| at a constant rate | setting | p50 ms | p99 ms | p99.9 ms | CPU µs |";
            yield return "| --- | --- | --- | --- | --- | --- |";
            foreach (var row in result.Rates.SelectMany(rates => rates.Standings.Reverse().Select(standing => Row(rates, standing))))
                yield return row;
        }

        foreach (var sentence in QuestionVerdict.Of(result))
        {
            yield return string.Empty;
            yield return sentence;
        }
    }

    private static string Row(QuestionResult result, Standing standing)
    {
        var ratio = result.RatioOf(standing);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {standing.Entry.Cell.Name} | {standing.Entry.Server}{(standing.IsMarked ? " †" : string.Empty)} "
            + $"| {Number(standing.ProcessorMicroseconds?.Median, "F2")} | {(ratio is null ? "1" : Number(ratio.Median, "F2"))} "
            + $"| {(ratio is null ? string.Empty : $"{Number(ratio.Lowest, "F2")} … {Number(ratio.Highest, "F2")}")} "
            + $"| {Number(standing.RequestsPerSecond?.Median, "N0")} | {Number(standing.Enters, "F3")} |");
    }

    private static string Row(RateResult rates, RateStanding standing)
    {
        var marks = (standing.IsMarked ? " †" : string.Empty) + (standing.IsOfClient ? " ‡" : string.Empty)
            + (standing.IsBehind ? " §" : string.Empty);
        string Milliseconds(Func<RateSample, double> figure) => Number(standing.Of(figure)?.Median / 1000, "F3");
        return $"| {rates.Name} | {standing.Entry.Server}{marks} | {Milliseconds(sample => sample.MedianMicroseconds)} "
            + $"| {Milliseconds(sample => sample.P99Microseconds)} | {Milliseconds(sample => sample.P999Microseconds)} "
            + $"| {Number(standing.Of(sample => sample.ProcessorMicroseconds)?.Median, "F2")} |";
    }

    private static string PollShare(QuestionResult result, Entry entry) =>
        result.PollShares.TryGetValue((entry.Server, entry.Cell), out var share)
            ? share.Median.ToString("P0", CultureInfo.InvariantCulture)
            : string.Empty;

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "—";
}
