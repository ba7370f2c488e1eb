namespace TlsProxy.Uring.Loop;

/// <summary>All deadlines of one duration. Since every one is armed for the same time from now, appending keeps the list in order.</summary>
internal sealed class DeadlineQueue(long durationNanoseconds)
{
    private Deadline? _first;
    private Deadline? _last;

    public long DurationNanoseconds { get; } = durationNanoseconds;

    /// <summary>When the first passes, or null when none is armed.</summary>
    public long? NextDue => _first?.Due;

    public void Append(Deadline deadline, long now)
    {
        deadline.Due = now + DurationNanoseconds;
        deadline.Queue = this;
        deadline.Previous = _last;
        deadline.Next = null;
        if (_last is null)
            _first = deadline;
        else
            _last.Next = deadline;
        _last = deadline;
    }

    public void Remove(Deadline deadline)
    {
        if (deadline.Previous is null)
            _first = deadline.Next;
        else
            deadline.Previous.Next = deadline.Next;
        if (deadline.Next is null)
            _last = deadline.Previous;
        else
            deadline.Next.Previous = deadline.Previous;
        deadline.Queue = null;
        deadline.Previous = null;
        deadline.Next = null;
        deadline.Due = 0;
    }

    /// <summary>Takes out and calls every deadline that has passed.</summary>
    public void Expire(long now, Callbacks callbacks)
    {
        while (_first is { } first && first.Due <= now)
        {
            Remove(first);
            callbacks.Pass(first);
        }
    }
}
