namespace TlsProxy.Uring.Loop;

/// <summary>The deadlines of one loop: a queue for each duration, of which there are a handful.</summary>
internal sealed class DeadlineQueues
{
    /// <summary>Replaced as a whole by the loop's thread: <see cref="Count"/> reads it on others.</summary>
    private DeadlineQueue[] _queues = [];

    /// <summary>Deadlines that are armed. Any thread may read it.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var queue in Volatile.Read(ref _queues))
                count += queue.Count;
            return count;
        }
    }

    /// <summary>The queue of a duration, which is made when it is first asked for.</summary>
    public DeadlineQueue Of(long durationNanoseconds)
    {
        foreach (var queue in _queues)
        {
            if (queue.DurationNanoseconds == durationNanoseconds)
                return queue;
        }

        var added = new DeadlineQueue(durationNanoseconds);
        Volatile.Write(ref _queues, [.. _queues, added]);
        return added;
    }

    /// <summary>Nanoseconds until the next deadline, 0 where it has passed, -1 where none is armed.</summary>
    public long UntilNext(ILoopBackend clock)
    {
        var next = long.MaxValue;
        foreach (var queue in _queues)
        {
            if (queue.NextDue is { } due && due < next)
                next = due;
        }

        return next == long.MaxValue ? -1 : Math.Max(0, next - clock.Now);
    }

    /// <summary>Takes out and calls every deadline that has passed.</summary>
    public void Expire(long now, Callbacks callbacks)
    {
        // By index, over the field: a handler may arm a deadline of a new duration.
        for (var i = 0; i < _queues.Length; i++)
            _queues[i].Expire(now, callbacks);
    }
}
