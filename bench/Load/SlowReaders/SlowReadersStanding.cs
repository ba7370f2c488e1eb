using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>What one server showed with slow readers.</summary>
/// <param name="Entry">Its cell is what the fast clients ask for.</param>
/// <param name="Rounds">One measurement a round, null where it failed.</param>
internal sealed record SlowReadersStanding(Entry Entry, IReadOnlyList<SlowReadersSample?> Rounds)
{
    public IEnumerable<SlowReadersSample> Samples => Rounds.OfType<SlowReadersSample>();

    /// <summary>Whether some round gave no figure.</summary>
    public bool IsMarked => Rounds.Contains(null);

    /// <summary>Whether the load generator, and not the server, made the latencies of most rounds.</summary>
    public bool IsOfClient => 2 * Samples.Count(sample => sample.Alone.IsOfClient || sample.Beside.IsOfClient) > Samples.Count();

    /// <summary>The spread of one figure over the rounds; null where none gave one.</summary>
    public Spread? Of(Func<SlowReadersSample, double> figure) => Spread.Of(Samples.Select(figure));
}
