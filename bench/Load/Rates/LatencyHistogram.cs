using System.Numerics;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>Counts durations in buckets of 1/64 of a power of two, so that every percentile is known to 1.6 % without keeping
/// each.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;
    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public long Count { get; private set; }

    public long Highest { get; private set; }

    /// <param name="nanoseconds">Negative ones count as 0.</param>
    public void Record(long nanoseconds)
    {
        var value = Math.Max(0, nanoseconds);
        _counts[Bucket(value)]++;
        Count++;
        Highest = Math.Max(Highest, value);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        Highest = Math.Max(Highest, other.Highest);
    }

    /// <summary>Nanoseconds that a share of all durations don't exceed (nearest rank), up to the width of a bucket.</summary>
    /// <param name="share">0.99 for p99.</param>
    public long Percentile(double share)
    {
        if (Count == 0)
            throw new InvalidOperationException("There is no percentile of nothing.");
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return Math.Min(UpperBound(i), Highest);
        }

        return Highest;
    }

    private static int Bucket(long value)
    {
        if (value < Steps)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - StepBits;
        return ((shift + 1) << StepBits) + (int)((value >> shift) - Steps);
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < Steps)
            return bucket;
        var shift = (bucket >> StepBits) - 1;
        return (((long)(bucket & (Steps - 1)) + Steps + 1) << shift) - 1;
    }
}
