namespace TlsProxy.Uring.Loop;

/// <summary>All deadlines of one duration. Since every one is armed for the same time from now, appending keeps the list in
/// order.</summary>
internal sealed class DeadlineQueue(long durationNanoseconds)
{
    private Deadline? _first;
    private Deadline? _last;

    // Written by the loop's thread alone, read by any: the list itself is never seen by another thread.
    private int _count;

    public long DurationNanoseconds { get; } = durationNanoseconds;

    /// <summary>When the first passes, or null when none is armed.</summary>
    public long? NextDue => _first?.Due;

    /// <summary>Those in it: one word that the loop's thread writes and any reads.</summary>
    public int Count => Volatile.Read(ref _count);

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
        Volatile.Write(ref _count, _count + 1);
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
        Volatile.Write(ref _count, _count - 1);
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
