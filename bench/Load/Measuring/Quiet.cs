using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Waits until a server has nothing more to do.</summary>
internal static class Quiet
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>What a server's timers take at most between two looks: 1 ms.</summary>
    private const long IdleNanoseconds = 1_000_000;

    /// <summary>A server that is never idle is measured as it is.</summary>
    private const int LooksAtMost = 60;

    public static void Wait(Candidate candidate)
    {
        var quiet = 0;
        var before = candidate.ProcessorTime();
        for (var look = 0; look < LooksAtMost && quiet < 2; look++)
        {
            Thread.Sleep(Look);
            var now = candidate.ProcessorTime();
            quiet = now - before <= IdleNanoseconds ? quiet + 1 : 0;
            before = now;
        }
    }
}
