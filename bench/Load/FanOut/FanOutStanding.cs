using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.FanOut;

/// <summary>What one server showed with subscribers.</summary>
/// <param name="Rounds">One measurement a round, null where it failed.</param>
internal sealed record FanOutStanding(Entry Entry, IReadOnlyList<FanOutSample?> Rounds)
{
    public IEnumerable<FanOutSample> Samples => Rounds.OfType<FanOutSample>();

    /// <summary>Whether some round gave no figure.</summary>
    public bool IsMarked => Rounds.Contains(null);

    public Spread? Arriving => Spread.Of(Samples.Select(sample => sample.Arriving));

    public Spread? Cached => Spread.Of(Samples.Select(sample => sample.Cached));

    /// <summary>Bytes that arrive by the same bytes from the cache, in the same rounds.</summary>
    public Spread? Ratio => Spread.OfRatios(
        Rounds.Select(sample => sample?.Arriving), Rounds.Select(sample => sample?.Cached));
}
