namespace TlsProxy.Uring.Epoll;

/// <summary>The descriptors with operations to try, each at most once, in the order in which they came.</summary>
internal sealed class ReadyList
{
    private DescriptorState? _first;
    private DescriptorState? _last;

    public int Count { get; private set; }

    public void Add(DescriptorState state)
    {
        if (state.IsListed)
            return;
        state.IsListed = true;
        state.NextListed = null;
        if (_last is null)
            _first = state;
        else
            _last.NextListed = state;
        _last = state;
        Count++;
    }

    /// <summary>Takes the first out of a list that isn't empty.</summary>
    public DescriptorState Take()
    {
        var state = _first!;
        _first = state.NextListed;
        if (_first is null)
            _last = null;
        state.NextListed = null;
        state.IsListed = false;
        Count--;
        return state;
    }
}
