namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>How long something took, as one worker has seen it. Recording allocates nothing and takes no lock.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Bytes of one, as allocated.</summary>
    public const int Bytes = (HistogramBuckets.Count * sizeof(long)) + 64;

    // The worker's thread is the only writer, so that an increment needs no Interlocked. Volatile keeps each word whole and fresh for
    // readers on other threads; no order between two of them is promised.
    private readonly long[] _counts = new long[HistogramBuckets.Count];
    private long _sum;

    /// <summary>The sum of all values, in nanoseconds.</summary>
    public long Sum => Volatile.Read(ref _sum);

    /// <summary>Counts a value, on the worker's thread.</summary>
    /// <param name="nanoseconds">A difference of the loop's clock.</param>
    public void Record(long nanoseconds)
    {
        // The worker's thread alone writes, others read.
        ref var count = ref _counts[HistogramBuckets.IndexOf(nanoseconds)];
        Volatile.Write(ref count, count + 1);
        Volatile.Write(ref _sum, _sum + Math.Max(0, nanoseconds));
    }

    /// <summary>Adds the counts to those of others. Callable from any thread.</summary>
    /// <param name="counts">One for each of <see cref="HistogramBuckets"/>.</param>
    public void AddTo(Span<long> counts)
    {
        // Each word as the worker's thread has written it last.
        for (var i = 0; i < counts.Length; i++)
            counts[i] += Volatile.Read(ref _counts[i]);
    }
}
