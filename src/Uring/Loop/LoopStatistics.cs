namespace TlsProxy.Uring.Loop;

/// <summary>Counters of one loop, written by its thread alone and read by any.</summary>
public sealed class LoopStatistics
{
    // The loop's thread is the only writer, so that an increment needs no Interlocked. Volatile keeps each word whole and fresh for readers
    // on other threads; no order between two counters is promised.
    private long _enters;
    private long _submitted;
    private long _completions;
    private long _batchMax;
    private long _overflows;
    private long _queueFull;
    private long _stale;
    private long _buffersExhausted;

    /// <summary>System calls of the loop: io_uring_enter, or epoll's waits, registrations and one call for each attempt at an
    /// operation.</summary>
    public long Enters => Volatile.Read(ref _enters);

    public long Submitted => Volatile.Read(ref _submitted);

    public long Completions => Volatile.Read(ref _completions);

    /// <summary>The most completions of one turn.</summary>
    public long BatchMax => Volatile.Read(ref _batchMax);

    /// <summary>Completion queue overflows seen.</summary>
    public long Overflows => Volatile.Read(ref _overflows);

    /// <summary>Times the submission queue was full and was flushed within a turn.</summary>
    public long QueueFull => Volatile.Read(ref _queueFull);

    /// <summary>Completions whose operation had ended already.</summary>
    public long Stale => Volatile.Read(ref _stale);

    /// <summary>Receives that ended because the buffer pool was empty.</summary>
    public long BuffersExhausted => Volatile.Read(ref _buffersExhausted);

    public void CountEnter() => Volatile.Write(ref _enters, _enters + 1);

    public void CountSubmitted(int count) => Volatile.Write(ref _submitted, _submitted + count);

    public void CountOverflow() => Volatile.Write(ref _overflows, _overflows + 1);

    public void CountQueueFull() => Volatile.Write(ref _queueFull, _queueFull + 1);

    internal void CountStale() => Volatile.Write(ref _stale, _stale + 1);

    internal void CountBuffersExhausted() => Volatile.Write(ref _buffersExhausted, _buffersExhausted + 1);

    internal void CountCompletions(int count)
    {
        Volatile.Write(ref _completions, _completions + count);
        if (count > _batchMax)
            Volatile.Write(ref _batchMax, count);
    }
}
