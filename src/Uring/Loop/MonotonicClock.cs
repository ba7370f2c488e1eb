using System.Diagnostics;

namespace TlsProxy.Uring.Loop;

/// <summary>The clock of back ends on the kernel (CLOCK_MONOTONIC).</summary>
internal static class MonotonicClock
{
    /// <summary>Nanoseconds since some moment before the start.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));
}
