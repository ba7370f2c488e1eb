using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Processes;

/// <summary>The processor time of the calling thread, in user and in kernel mode (CLOCK_THREAD_CPUTIME_ID, clock_gettime(2)).</summary>
public static unsafe class ThreadClock
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>Nanoseconds since the thread's start; 0 where the kernel has no such clock.</summary>
    public static long Nanoseconds
    {
        get
        {
            TimeSpec time = default;
            return Libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) < 0 ? 0 : (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }
}
