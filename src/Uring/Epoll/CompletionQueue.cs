using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Epoll;

/// <summary>Completions until the loop asks for them, in the order in which they came about.</summary>
internal sealed class CompletionQueue
{
    private Completion[] _entries = new Completion[1024];
    private int _first;

    public int Count { get; private set; }

    public void Add(in Completion completion)
    {
        if (Count == _entries.Length)
            Grow();
        _entries[(_first + Count) & (_entries.Length - 1)] = completion;
        Count++;
    }

    /// <summary>Takes out as many as fit.</summary>
    /// <returns>Their number.</returns>
    public int MoveTo(Span<Completion> destination)
    {
        var moved = Math.Min(Count, destination.Length);
        for (var i = 0; i < moved; i++)
            destination[i] = _entries[(_first + i) & (_entries.Length - 1)];
        _first = (_first + moved) & (_entries.Length - 1);
        Count -= moved;
        return moved;
    }

    private void Grow()
    {
        var grown = new Completion[_entries.Length * 2];
        for (var i = 0; i < Count; i++)
            grown[i] = _entries[(_first + i) & (_entries.Length - 1)];
        _entries = grown;
        _first = 0;
    }
}
