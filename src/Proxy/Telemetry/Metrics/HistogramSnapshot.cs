namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The values of several histograms at one moment; immutable.</summary>
internal sealed class HistogramSnapshot
{
    private readonly long[] _counts = new long[HistogramBuckets.Count];

    private HistogramSnapshot(IEnumerable<LatencyHistogram> histograms)
    {
        foreach (var histogram in histograms)
        {
            histogram.AddTo(_counts);
            Sum += histogram.Sum;
        }

        // Of the counts, so that they add up to it: the workers go on meanwhile.
        Count = _counts.Sum();
    }

    /// <summary>How many values there are.</summary>
    public long Count { get; }

    /// <summary>Their sum, in nanoseconds. It may be some values ahead of the counts, or behind them.</summary>
    public long Sum { get; }

    /// <summary>How many values each of <see cref="HistogramBuckets"/> holds.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>What several workers have recorded, as if one had recorded all.</summary>
    public static HistogramSnapshot Merge(params IEnumerable<LatencyHistogram> histograms) => new(histograms);

    /// <summary>A value that so many of a hundred don't exceed, in nanoseconds: the middle of its range, which is a 32nd of the value away
    /// from it at most. 0 where there are no values.</summary>
    /// <param name="percent">Above 0 and at most 100.</param>
    public long Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var left = (long)Math.Ceiling(percent / 100 * Count);
        for (var i = 0; i < _counts.Length; i++)
        {
            left -= _counts[i];
            if (left <= 0 && _counts[i] > 0)
                return HistogramBuckets.LowerBound(i) + ((HistogramBuckets.Width(i) - 1) / 2);
        }

        return 0;
    }
}
