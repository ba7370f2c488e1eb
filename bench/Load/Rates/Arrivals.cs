using System.Diagnostics;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>When requests are due: at a constant rate from a start on, whatever becomes of those before. Clients take the next one by
/// turns; a client that comes late to it sends at once, and its latency counts from when it was due. So a server that stalls pays for every
/// request of the stall, where a client that waits for answers would leave those requests out (coordinated omission).</summary>
/// <param name="start">When the first is due, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="count">How many there are.</param>
internal sealed class Arrivals(long start, double perSecond, long count)
{
    private long _taken;

    // Set by the thread that ends the load, read by those of its clients.
    private volatile bool _isEnded;

    public long Count => count;

    /// <summary>No further request is due.</summary>
    public void End() => _isEnded = true;

    /// <summary>The next request that nobody has taken.</summary>
    /// <param name="due">When it is due, in ticks of <see cref="Stopwatch"/>.</param>
    /// <returns>False when all have been taken, or the load has ended.</returns>
    public bool TryTake(out long due) => TryTake(out due, out _);

    /// <param name="index">Which one it is, from 0.</param>
    public bool TryTake(out long due, out long index)
    {
        index = Interlocked.Increment(ref _taken) - 1;
        due = start + (long)(index * (Stopwatch.Frequency / perSecond));
        return index < count && !_isEnded;
    }
}
