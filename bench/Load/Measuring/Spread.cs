namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What repeated measurements of one thing gave.</summary>
/// <param name="Count">How many there were.</param>
internal sealed record Spread(double Median, double Lowest, double Highest, int Count)
{
    /// <summary>Half the range in proportion to the median: how far one measurement may lie beside it.</summary>
    public double HalfWidth => Median == 0 ? 0 : (Highest - Lowest) / 2 / Median;

    /// <returns>Null where there is nothing.</returns>
    public static Spread? Of(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return all.Length == 0 ? null : new Spread(Measuring.Median.Of(all), all.Min(), all.Max(), all.Length);
    }

    /// <summary>The ratios of two servers' figures, each of one round: what the machine did in a round meets both and falls out.</summary>
    /// <param name="own">One a round, null where it failed.</param>
    /// <param name="other">The same of the one that is divided by.</param>
    public static Spread? OfRatios(IEnumerable<double?> own, IEnumerable<double?> other) =>
        Of(own.Zip(other).Where(pair => pair is { First: not null, Second: > 0 }).Select(pair => pair.First!.Value / pair.Second!.Value));
}
