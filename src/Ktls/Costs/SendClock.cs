using System.Diagnostics;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Ktls.Costs;

/// <summary>What sends are timed by: the thread's processor time, or where the kernel counts that in ticks of its timer, the time
/// that passes. The
/// median leaves out sends that others interrupted.</summary>
internal sealed class SendClock
{
    // A tick is 1 to 10 ms.
    private const long Tick = 1_000_000;
    private const long TrialNanoseconds = 20_000;

    private readonly bool _countsTicks;

    public SendClock()
    {
        var (began, thread) = (Stopwatch.GetTimestamp(), ThreadClock.Nanoseconds);
        while (Passed(began) < TrialNanoseconds)
        {
            // Reading the clocks takes processor time enough.
        }

        _countsTicks = ThreadClock.Nanoseconds - thread is <= 0 or >= Tick;
    }

    public long Nanoseconds => _countsTicks ? Passed(0) : ThreadClock.Nanoseconds;

    // A stopwatch counts nanoseconds on Linux.
    private static long Passed(long began) => Stopwatch.GetTimestamp() - began;
}
