namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What one server showed in a comparison.</summary>
/// <param name="Rounds">One measurement a round, null where it failed.</param>
internal sealed record Standing(Entry Entry, IReadOnlyList<Sample?> Rounds)
{
    /// <summary>The rounds that gave a figure.</summary>
    public IEnumerable<Sample> Samples => Rounds.OfType<Sample>();

    /// <summary>Whether no round gave a figure.</summary>
    public bool IsEmpty => !Samples.Any();

    /// <summary>Whether some round gave none.</summary>
    public bool IsMarked => Rounds.Contains(null);

    public Spread? RequestsPerSecond => Spread.Of(Samples.Select(sample => sample.RequestsPerSecond));

    /// <summary>Of the server's processes, per request.</summary>
    public Spread? ProcessorMicroseconds => Spread.Of(Samples.Select(sample => sample.ProcessorMicroseconds));

    public double? Enters => Spread.Of(Samples.Select(sample => sample.Enters).OfType<double>())?.Median;

    public double? AllocatedBytes => Spread.Of(Samples.Select(sample => sample.AllocatedBytes).OfType<double>())?.Median;

    public double Disturbance => Samples.Select(sample => sample.Disturbance).DefaultIfEmpty().Average();

    /// <summary>Its processor time per request by another's in the same rounds; null where they share none.</summary>
    public Spread? RatioTo(Standing other) => Spread.OfRatios(
        Rounds.Select(sample => sample?.ProcessorMicroseconds), other.Rounds.Select(sample => sample?.ProcessorMicroseconds));
}
