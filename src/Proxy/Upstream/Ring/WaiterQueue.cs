namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The requests that wait for a connection, first come, first served. Those that are sent once more have waited before and stand
/// before the others. Each step takes the same time, however many wait. Loop's thread only.</summary>
internal sealed class WaiterQueue
{
    // Two lists: a connection that was kept goes past all that want a new one.
    private readonly LinkedList<IPoolWaiter> _again = new();
    private readonly LinkedList<IPoolWaiter> _first = new();

    public int Count { get; private set; }

    /// <summary>The one whose turn it is; null where nobody waits.</summary>
    public IPoolWaiter? First => (_again.First ?? _first.First)?.Value;

    /// <summary>The first that takes a connection which was kept.</summary>
    public IPoolWaiter? FirstForKept => _first.First?.Value;

    public void Add(IPoolWaiter waiter)
    {
        waiter.Place = (waiter.WantsNew ? _again : _first).AddLast(waiter);
        Count++;
    }

    /// <summary>Takes a waiter out; one that doesn't wait stays as it is.</summary>
    public void Remove(IPoolWaiter waiter)
    {
        if (waiter.Place is not { } place)
            return;
        waiter.Place = null;
        place.List!.Remove(place);
        Count--;
    }
}
