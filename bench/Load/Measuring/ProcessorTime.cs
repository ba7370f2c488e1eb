using System.Globalization;
using TlsProxy.Bench.Load.Interop;

namespace TlsProxy.Bench.Load.Measuring;

internal static class ProcessorTime
{
    // The clock of a process's processor time: its id, inverted, over three bits of which 2 stands for what the scheduler counts
    // (clock_getcpuclockid(3)).
    private const int SchedulerClock = 2;

    /// <summary>Nanoseconds that a process has run, user and system, the threads that have ended included.</summary>
    public static long Of(int processId)
    {
        if (Libc.clock_gettime((~processId << 3) | SchedulerClock, out var time) != 0)
            throw Ended(processId);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    public static BenchException Ended(int processId) => new(string.Create(
        CultureInfo.InvariantCulture, $"the server with id {processId} has ended; its log may say why."));
}
