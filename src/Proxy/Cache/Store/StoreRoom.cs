using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Keeps the nodes of a cache within its limits: SIEVE picks those that leave (<see cref="SieveQueue"/>). A store evicts some of
/// them, and what is left to be evicted is its debt.</summary>
/// <param name="bytesMaximum">The most that all nodes together may cost, in bytes.</param>
/// <param name="nodesMaximum">The most nodes.</param>
internal sealed class StoreRoom(CacheNodes nodes, long bytesMaximum, int nodesMaximum)
{
    // A store evicts 64 nodes at most, and fewer where many have to be looked at: those that wait for the gate wait for it too.
    private const int StoreCost = 64 * LockSlices.RemovalCost;

    // As large as the largest object may be by default: what is over stays within the memory for bodies on their way.
    private const int DebtDivisor = 8;

    // What was stored last while there was no room for all of it, which isn't to leave for it again. Guarded by the gate of the cache.
    private CacheNode? _spared;

    // Changed under the gate, by interlocked operations since others read it.
    private long _evictions;

    public long BytesMaximum => bytesMaximum;

    /// <summary>Told after a store that leaves room to be made, which <see cref="Make"/> does; null where each store makes it itself. Any
    /// thread calls it.</summary>
    public Action? OnDebt { get; init; }

    /// <summary>Entries that left for want of room.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    /// <summary>Makes room for a node that has changed, as far as a hold of the gate allows; under the gate. <see cref="Settle"/> is to
    /// follow.</summary>
    public void MakeFor(CacheNode node)
    {
        _spared = node;
        for (var (spent, cost) = (0, 1); spent < StoreCost && cost > 0; spent += cost)
            cost = EvictNext();
    }

    /// <summary>Has the room made that a store has left to be made; without any lock. Where very much is left, which happens when stores
    /// are faster than whoever is told, the caller makes it before it stores more.</summary>
    public void Settle()
    {
        LockOrder.CheckNoneHeld("the room for a store");
        var debt = nodes.Bytes - bytesMaximum;
        if (debt <= 0)
            return;
        if (OnDebt is { } tell && debt <= bytesMaximum / DebtDivisor)
            tell();
        else
            Make();
    }

    /// <summary>Evicts until there is room, in slices; without any lock.</summary>
    public void Make() => LockSlices.Run(nodes, EvictNext);

    /// <summary>Counts an entry that makes room for another of its node; under the gate.</summary>
    public void CountEviction() => Interlocked.Increment(ref _evictions);

    /// <summary>A node leaves; under the gate.</summary>
    /// <param name="node">Null for all of them.</param>
    public void OnLeaving(CacheNode? node)
    {
        if (node is null || _spared == node)
            _spared = null;
    }

    /// <summary>Evicts a node if there are too many or too large ones.</summary>
    /// <returns>What the step costs; 0 where there is room.</returns>
    private int EvictNext()
    {
        var queue = nodes.Queue;
        if (nodes.Bytes <= bytesMaximum && queue.Count <= nodesMaximum)
        {
            _spared = null;
            return 0;
        }

        var looks = queue.Looks;
        if ((queue.Next(_spared) ?? _spared) is not { } victim)
            return 0;
        if (victim != _spared)
            Interlocked.Add(ref _evictions, victim.Variants.Count + (victim.Parts is null ? 0 : 1));
        nodes.Remove(victim);
        return LockSlices.RemovalCost + queue.Looks - looks;
    }
}
