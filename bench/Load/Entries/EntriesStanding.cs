using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>What one server showed while its cache filled.</summary>
/// <param name="Entries">How many it was filled with.</param>
/// <param name="Rounds">One measurement a round, null where it failed.</param>
internal sealed record EntriesStanding(string Server, int Entries, IReadOnlyList<EntriesSample?> Rounds)
{
    public IEnumerable<EntriesSample> Samples => Rounds.OfType<EntriesSample>();

    /// <summary>Whether some round gave no figure.</summary>
    public bool IsMarked => Rounds.Contains(null);

    /// <summary>Whether the load generator's processor, and not the server, made the latencies of most rounds.</summary>
    public bool IsOfClient => 2 * Samples.Count(sample => sample.ClientShare > RateSample.ClientShareAtMost) > Samples.Count();

    /// <summary>The spread of one figure over the rounds; null where none gave one.</summary>
    public Spread? Of(Func<EntriesSample, double> figure) => Spread.Of(Samples.Select(figure));
}
