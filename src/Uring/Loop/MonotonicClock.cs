using System.Diagnostics;

namespace TlsProxy.Uring.Loop;

/// <summary>The clock of back ends on the kernel (CLOCK_MONOTONIC).</summary>
internal static class MonotonicClock
{
    /// <summary>Nanoseconds since some moment before the start: what a stopwatch counts on Linux.</summary>
    public static long Now => Stopwatch.GetTimestamp();
}
