namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Measures servers in rounds: each round measures every one of them, the next in the opposite order, so that what the machine
/// does meanwhile meets all alike and falls out of the ratios. A server that fails is left out of the round.</summary>
internal sealed class Contest(int rounds, Attempts attempts)
{
    /// <summary>A server that has failed in as many rounds isn't tried in the others: each try may last as long as its time-outs.</summary>
    public const int RoundsLostAtMost = 2;

    /// <param name="measure">One measurement.</param>
    /// <param name="words">What an entry's log ends with, where its server has ended.</param>
    public IReadOnlyList<Standing> Run(IReadOnlyList<Entry> entries, Func<Entry, Sample> measure, Func<Entry, string?>? words = null) =>
        [.. entries.Zip(Rounds(entries, entry => entry.Cell.Name, measure, words), (entry, samples) => new Standing(entry, samples))];

    /// <param name="what">How a failure names what was measured.</param>
    /// <returns>For each entry one measurement a round, null where it failed.</returns>
    public IReadOnlyList<T?[]> Rounds<T>(
        IReadOnlyList<Entry> entries, Func<Entry, string> what, Func<Entry, T> measure, Func<Entry, string?>? words = null)
        where T : class
    {
        var samples = entries.ToDictionary(entry => entry, _ => new T?[rounds]);
        var lost = entries.ToDictionary(entry => entry, _ => 0);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var entry in round % 2 == 0 ? entries : entries.Reverse())
            {
                if (lost[entry] == RoundsLostAtMost)
                    continue;
                var sample = attempts.Try(entry.Server, what(entry), round + 1, () => measure(entry), () => words?.Invoke(entry));
                samples[entry][round] = sample;
                lost[entry] += sample is null ? 1 : 0;
            }
        }

        return [.. entries.Select(entry => samples[entry])];
    }
}
