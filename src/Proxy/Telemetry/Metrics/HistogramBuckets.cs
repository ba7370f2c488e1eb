using System.Numerics;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The ranges of a log-linear histogram: each power of two is divided into sixteen equal ranges. A range is at most a sixteenth of
/// its lower bound wide, and whole numbers below 32 have one each.</summary>
internal static class HistogramBuckets
{
    /// <summary>Ranges there are.</summary>
    public const int Count = (LargestExponent - StepBits + 1) << StepBits;

    /// <summary>The largest value that is told from larger ones: 73 minutes as nanoseconds, which no deadline lets a response take that
    /// makes no progress. The last range holds all beyond it.</summary>
    public const long Largest = (1L << LargestExponent) - 1;

    private const int StepBits = 4;
    private const int LargestExponent = 42;

    /// <summary>The range of a value; negative ones, of a clock that went back, count as 0.</summary>
    public static int IndexOf(long value)
    {
        value = Math.Clamp(value, 0, Largest);
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - StepBits);
        return (shift << StepBits) + (int)(value >> shift);
    }

    /// <summary>The smallest value of a range.</summary>
    public static long LowerBound(int index)
    {
        var shift = ShiftOf(index);
        return (long)(index - (shift << StepBits)) << shift;
    }

    /// <summary>How many whole numbers a range holds.</summary>
    public static long Width(int index) => 1L << ShiftOf(index);

    private static int ShiftOf(int index) => Math.Max(0, (index >> StepBits) - 1);
}
