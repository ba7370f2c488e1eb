using System.Runtime.InteropServices;

namespace TlsProxy.Bench.Load.Interop;

internal static partial class Libc
{
    /// <summary>CLOCK_MONOTONIC.</summary>
    public const int MonotonicClock = 1;

    /// <summary>TIMER_ABSTIME.</summary>
    public const int AbsoluteTime = 1;

    /// <summary>PR_SET_TIMERSLACK.</summary>
    public const int SetTimerSlack = 29;

    /// <summary>Reads a clock (clock_gettime(2)).</summary>
    /// <returns>0, or -1 on failure.</returns>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clock, out TimeSpecification time);

    /// <summary>Sleeps (clock_nanosleep(2)).</summary>
    /// <returns>0, or the number of an error.</returns>
    [LibraryImport("libc")]
    public static partial int clock_nanosleep(int clock, int flags, in TimeSpecification time, nint remaining);

    /// <summary>Sets a property of the calling thread (prctl(2)).</summary>
    /// <returns>0, or -1 on failure.</returns>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
