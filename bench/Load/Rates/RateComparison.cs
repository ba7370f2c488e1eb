using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>Servers that are measured at constant rates in the same rounds.</summary>
/// <param name="Share">Of what saturates each server; null where all have the same rate.</param>
internal sealed record RateComparison(string Name, double? Share, IReadOnlyDictionary<Entry, Rate> Rates)
{
    /// <param name="measure">One measurement.</param>
    /// <param name="words">What an entry's log ends with, where its server has ended.</param>
    public RateResult Run(Contest contest, Func<Entry, Rate, RateSample> measure, Func<Entry, string?> words)
    {
        Entry[] entries = [.. Rates.Keys];
        var rounds = contest.Rounds(
            entries, entry => $"{entry.Cell.Name}, {Rates[entry].Name}", entry => measure(entry, Rates[entry]), words);
        return new RateResult(Name, Share, [.. entries.Zip(rounds, (entry, samples) => new RateStanding(entry, Rates[entry], samples))]);
    }
}
