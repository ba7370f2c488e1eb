using System.Diagnostics;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Tests.Rates;

/// <summary>A time that passes only where a client waits for it, or where a server takes it.</summary>
internal sealed class PlannedClock : IPaceClock
{
    private readonly Lock _gate = new();

    // Written under the lock.
    private long _now = Stopwatch.Frequency;

    public long Now => Volatile.Read(ref _now);

    public void Prepare()
    {
        // No thread sleeps.
    }

    public void WaitUntil(long due)
    {
        lock (_gate)
            Volatile.Write(ref _now, Math.Max(_now, due));
    }

    public void Pass(TimeSpan time)
    {
        lock (_gate)
            Volatile.Write(ref _now, _now + (long)(time.TotalSeconds * Stopwatch.Frequency));
    }
}
