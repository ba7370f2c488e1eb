namespace TlsProxy.Uring.Loop;

/// <summary>Counts that the thread of one loop writes and any thread reads. Counting allocates nothing and takes no lock.</summary>
/// <param name="count">How many there are.</param>
public readonly struct CounterCells(int count)
{
    // One thread is the only writer, so that an increment needs no Interlocked. Volatile keeps each word whole and fresh for readers on
    // other threads; no order between two cells is promised.
    private readonly long[] _cells = new long[count];

    public int Count => _cells.Length;

    /// <summary>What one of them holds. Callable from any thread.</summary>
    public long this[int cell] => Volatile.Read(ref _cells[cell]);

    /// <summary>Adds to one of them, on the thread of the loop.</summary>
    public void Add(int cell, long amount = 1) => Volatile.Write(ref _cells[cell], _cells[cell] + amount);

    /// <summary>Keeps the largest value so far, on the thread of the loop.</summary>
    public void Raise(int cell, long value)
    {
        // The only writer compares, so that no other value comes in between; readers see either.
        if (value > _cells[cell])
            Volatile.Write(ref _cells[cell], value);
    }
}
