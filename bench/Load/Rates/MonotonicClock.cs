using System.Diagnostics;
using TlsProxy.Bench.Load.Interop;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>CLOCK_MONOTONIC, which <see cref="Stopwatch"/> counts too. It sleeps to a few microseconds, where Thread.Sleep knows whole
/// milliseconds.</summary>
internal sealed class MonotonicClock : IPaceClock
{
    public long Now => Stopwatch.GetTimestamp();

    /// <summary>The kernel rounds a thread's timers to 50 µs unless it asks for less (prctl(2), PR_SET_TIMERSLACK).</summary>
    public void Prepare() => Libc.prctl(Libc.SetTimerSlack, 1, 0, 0, 0);

    public void WaitUntil(long due)
    {
        var nanoseconds = (long)(due * (1e9 / Stopwatch.Frequency));
        var time = new Libc.TimeSpecification { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        // A signal ends the sleep early; the time is absolute.
        while (Libc.clock_nanosleep(Libc.MonotonicClock, Libc.AbsoluteTime, in time, 0) != 0 && Now < due)
        {
        }
    }
}
