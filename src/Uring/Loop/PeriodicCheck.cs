namespace TlsProxy.Uring.Loop;

/// <summary>Work that a loop does before the callbacks of a turn, when the last time was a period ago. It wakes no loop: one that rests
/// does it in its next turn, before any callback. It belongs to the loop's thread.</summary>
/// <param name="period">The least time between two of them.</param>
/// <param name="work">Must not block; what it throws is counted, and it is done again after the period.</param>
public sealed class PeriodicCheck(TimeSpan period, Action work) : IPosted
{
    private readonly long _period = period.Ticks * 100;
    private long _due = long.MinValue;

    /// <summary>Whether it is to be done now; then it is next due a period later.</summary>
    /// <param name="now">Monotonic time in nanoseconds.</param>
    internal bool TryBegin(long now)
    {
        if (now < _due)
            return false;
        _due = now + _period;
        return true;
    }

    /// <inheritdoc/>
    public void Run() => work();

    /// <summary>No life ends: the next check is the same work.</summary>
    public void OnFault()
    {
    }
}
