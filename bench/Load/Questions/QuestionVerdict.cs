using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>What the figures of a question say, in words. A difference counts where no round contradicts it and the median shows 2 % at
/// least.</summary>
internal static class QuestionVerdict
{
    private const double Smallest = 0.02;

    /// <summary>A sentence for each variant but the default, and one for each that has latencies.</summary>
    public static IReadOnlyList<string> Of(QuestionResult result) =>
    [
        .. result.Question.Variants.Skip(1).Select(variant => OfCosts(result, variant.Name)).OfType<string>(),
        .. result.Question.Variants.Skip(1).Select(variant => OfPolling(result, variant.Name)).OfType<string>(),
        .. result.Rates.SelectMany(OfLatencies),
    ];

    /// <summary>Whether all rounds agree that a ratio is below or above 1.</summary>
    public static bool IsDifference(Spread ratio) =>
        Math.Abs(ratio.Median - 1) >= Smallest && (ratio.Lowest > 1 || ratio.Highest < 1);

    private static string? OfCosts(QuestionResult result, string variant)
    {
        (string Cell, Spread Ratio)[] all =
        [
            .. from cell in result.Cells
               from standing in cell
               where standing.Entry.Server == variant
               let ratio = result.RatioOf(standing)
               where ratio is not null
               select (cell.Key.Name, ratio),
        ];
        if (all.Length == 0)
            return null;
        string[] parts =
        [
            .. Part("costs more", all.Where(one => IsDifference(one.Ratio) && one.Ratio.Median > 1)),
            .. Part("costs less", all.Where(one => IsDifference(one.Ratio) && one.Ratio.Median < 1)),
            .. Part("shows no difference beyond the noise", all.Where(one => !IsDifference(one.Ratio))),
        ];
        return $"`{variant}` {string.Join("; it ", parts)}.";
    }

    private static IEnumerable<string> Part(string verb, IEnumerable<(string Cell, Spread Ratio)> cells)
    {
        var told = string.Join(", ", cells.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.Ratio.Median:F2} × ({one.Cell})")));
        return told.Length == 0 ? [] : [$"{verb}: {told}"];
    }

    private static string? OfPolling(QuestionResult result, string variant)
    {
        var shares = result.PollShares.Where(pair => pair.Key.Variant == variant).Select(pair => pair.Value.Median).ToArray();
        return shares.Length == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The kernel's polling thread takes {shares.Min():P0} to {shares.Max():P0} of the CPU time of `{variant}`.");
    }

    private static IEnumerable<string> OfLatencies(RateResult rates)
    {
        var all = rates.Standings.Where(standing => standing.Samples.Any()).ToArray();
        if (all.Length > 0)
        {
            yield return $"Latency, {rates.Name}: " + string.Join("; ", all.Reverse().Select(standing => string.Create(
                CultureInfo.InvariantCulture,
                $"`{standing.Entry.Server}` p50 {Milliseconds(standing, sample => sample.MedianMicroseconds):F2} ms, "
                + $"p99 {Milliseconds(standing, sample => sample.P99Microseconds):F2} ms"))) + ".";
        }
    }

    private static double Milliseconds(RateStanding standing, Func<RateSample, double> figure) => standing.Of(figure)!.Median / 1000;
}
