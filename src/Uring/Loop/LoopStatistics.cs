namespace TlsProxy.Uring.Loop;

/// <summary>Counters of one loop, written by its thread alone and read by any.</summary>
public sealed class LoopStatistics
{
    private readonly CounterCells _cells = new(Enum.GetValues<Cell>().Length);

    private enum Cell
    {
        Enters,
        Submitted,
        Completions,
        BatchMax,
        Overflows,
        QueueFull,
        Stale,
        BuffersExhausted,
    }

    /// <summary>System calls of the loop: io_uring_enter, or epoll's waits, registrations and one call for each attempt at an
    /// operation.</summary>
    public long Enters => _cells[(int)Cell.Enters];

    public long Submitted => _cells[(int)Cell.Submitted];

    public long Completions => _cells[(int)Cell.Completions];

    /// <summary>The most completions of one turn.</summary>
    public long BatchMax => _cells[(int)Cell.BatchMax];

    /// <summary>Completion queue overflows seen.</summary>
    public long Overflows => _cells[(int)Cell.Overflows];

    /// <summary>Times the submission queue was full and was flushed within a turn.</summary>
    public long QueueFull => _cells[(int)Cell.QueueFull];

    /// <summary>Completions whose operation had ended already.</summary>
    public long Stale => _cells[(int)Cell.Stale];

    /// <summary>Receives that ended because the buffer pool was empty.</summary>
    public long BuffersExhausted => _cells[(int)Cell.BuffersExhausted];

    public void CountEnter() => _cells.Add((int)Cell.Enters);

    public void CountSubmitted(int count) => _cells.Add((int)Cell.Submitted, count);

    public void CountOverflow() => _cells.Add((int)Cell.Overflows);

    public void CountQueueFull() => _cells.Add((int)Cell.QueueFull);

    internal void CountStale() => _cells.Add((int)Cell.Stale);

    internal void CountBuffersExhausted() => _cells.Add((int)Cell.BuffersExhausted);

    internal void CountCompletions(int count)
    {
        _cells.Add((int)Cell.Completions, count);
        _cells.Raise((int)Cell.BatchMax, count);
    }
}
