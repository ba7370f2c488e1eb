using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>What one server showed at a constant rate.</summary>
/// <param name="Rounds">One measurement a round, null where it failed.</param>
internal sealed record RateStanding(Entry Entry, Rate Rate, IReadOnlyList<RateSample?> Rounds)
{
    public IEnumerable<RateSample> Samples => Rounds.OfType<RateSample>();

    /// <summary>Whether some round gave no figure.</summary>
    public bool IsMarked => Rounds.Contains(null);

    /// <summary>Whether the load generator, and not the server, made the latencies of most rounds.</summary>
    public bool IsOfClient => InMost(sample => sample.IsOfClient);

    /// <summary>Whether the server fell behind in most rounds.</summary>
    public bool IsBehind => InMost(sample => sample.IsBehind);

    private bool InMost(Func<RateSample, bool> isSo) => 2 * Samples.Count(isSo) > Samples.Count();

    /// <summary>The spread of one figure over the rounds; null where none gave one.</summary>
    public Spread? Of(Func<RateSample, double> figure) => Spread.Of(Samples.Select(figure));
}
