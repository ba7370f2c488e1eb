using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>How long something took, as one worker has seen it.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Bytes of one, as allocated.</summary>
    public const int Bytes = (HistogramBuckets.Count * sizeof(long)) + 64;

    // The last is the sum of all values.
    private readonly CounterCells _cells = new(HistogramBuckets.Count + 1);

    /// <summary>The sum of all values, in nanoseconds.</summary>
    public long Sum => _cells[HistogramBuckets.Count];

    /// <summary>Counts a value, on the worker's thread.</summary>
    /// <param name="nanoseconds">A difference of the loop's clock.</param>
    public void Record(long nanoseconds)
    {
        _cells.Add(HistogramBuckets.IndexOf(nanoseconds));
        _cells.Add(HistogramBuckets.Count, Math.Max(0, nanoseconds));
    }

    /// <summary>Adds the counts to those of others. Callable from any thread.</summary>
    /// <param name="counts">One for each of <see cref="HistogramBuckets"/>.</param>
    public void AddTo(Span<long> counts)
    {
        for (var i = 0; i < counts.Length; i++)
            counts[i] += _cells[i];
    }
}
