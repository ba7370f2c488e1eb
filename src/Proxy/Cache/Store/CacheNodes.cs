using System.Diagnostics;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The nodes of the cache, one a key: MemoryCache finds them and keeps their lifetimes, and <see cref="StoreRoom"/> limits their
/// bytes and their number. Lookups take no lock and allocate nothing. Times are milliseconds since 1970.</summary>
internal sealed class CacheNodes : IDisposable
{
    private readonly int _nodesMaximum;

    // Replaced under the gate, read without it.
    private volatile NodeIndex _index;

    // Guarded by the gate, replaced together: the wheel files the places of the queue's nodes.
    private SieveQueue _queue;
    private ExpiryWheel _wheel;

    // Guarded by the gate; each hold leaves none.
    private Departures _departures;

    // One word, written under the gate and read by any thread without it.
    private int _era;

    // Changed under the gate, by interlocked operations since others read it.
    private long _bytes;

    /// <param name="bytesMaximum">Bytes of all nodes, allocated ones and overhead.</param>
    /// <param name="nodesMaximum">Nodes.</param>
    /// <param name="onDebt">As <see cref="StoreRoom.OnDebt"/>.</param>
    public CacheNodes(long bytesMaximum, int nodesMaximum, Action? onDebt = null)
    {
        Room = new StoreRoom(this, bytesMaximum, nodesMaximum) { OnDebt = onDebt };
        _nodesMaximum = nodesMaximum;
        _index = new NodeIndex(nodesMaximum);
        _queue = new SieveQueue(nodesMaximum);
        _wheel = new ExpiryWheel(_queue.Slots);
    }

    /// <summary>The lock of the cache, taken after the table's and a fetch's, and before that of a body. It guards queue and wheel, and
    /// all of a node but what its readers see. Callers hold it over all steps of a change, and where a method says so.</summary>
    public Lock Gate { get; } = new();

    public GateTurns Turns { get; } = new();

    /// <summary>What keeps the nodes within their limits.</summary>
    public StoreRoom Room { get; }

    /// <summary>The nodes by their order among the victims; under the gate.</summary>
    public SieveQueue Queue => _queue;

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Count
    {
        get
        {
            // The queue belongs to the gate.
            using (Gate.Enter(LockRank.Cache))
                return _queue.Count;
        }
    }

    /// <summary>How often everything was forgotten.</summary>
    public int Era => Volatile.Read(ref _era);

    /// <summary>Whether an answer may be stored still; under the gate, unless nothing of it is.</summary>
    public bool Admits(StorePermit permit) => permit.Era == Era && !permit.IsRevoked;

    /// <summary>Takes the gate until the hold is disposed of, and releases then what has left meanwhile.</summary>
    public GateHold Enter() => new(this);

    /// <summary>What has left during a hold, once; under the gate.</summary>
    public Departures TakeDepartures()
    {
        var taken = _departures;
        _departures = default;
        return taken;
    }

    /// <summary>The node under a key; without the gate it may be leaving.</summary>
    public CacheNode? Find(ReadOnlySpan<char> key) => _index.Find(key);

    /// <summary>The node under a key that may be changed, or null; under the gate.</summary>
    public CacheNode? FindListed(string key)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A node is changed under the gate of the cache.");
        return Find(key) is { IsListed: true } node ? node : null;
    }

    /// <summary>The node under a key, a new one where there is none; under the gate.</summary>
    public CacheNode NodeOf(string key)
    {
        if (FindListed(key) is { } known)
            return known;
        var node = new CacheNode(key);
        _queue.Add(node);
        return node;
    }

    /// <summary>Lets the index have a node that has changed, and makes room for it as far as a hold of the gate allows; under the gate.
    /// <see cref="StoreRoom.Settle"/> is to follow.</summary>
    public void Keep(CacheNode node, long now)
    {
        _wheel.Observe(now);
        _wheel.File(node.Slot);
        _index.Set(node, Math.Max(_queue.Slots[node.Slot].KeepUntil, now + 1000));
        Room.MakeFor(node);
    }

    /// <summary>Puts variants in place of those there were, and drops the reference to each that has gone; under the gate.</summary>
    public void SetVariants(CacheNode node, params ReadOnlySpan<CacheEntry> variants)
    {
        var before = node.Variants;
        node.Hold(variants, node.Parts);
        for (var i = 0; i < before.Count; i++)
        {
            if (!variants.Contains(before[i]))
                Leave(before[i].Response);
        }

        Recount(node);
    }

    /// <summary>Puts parts in place of those there were, or of none; their reference passes to the node. Under the gate.</summary>
    public void SetParts(CacheNode node, PartialResponse? parts)
    {
        if (node.Parts is { } before)
            Leave(before);
        node.Hold(node.Variants.ToArray(), parts);
        Recount(node);
    }

    /// <summary>Drops a reference after the hold; under the gate.</summary>
    public void Leave(Response response) => _departures.Add(response);

    /// <summary>Drops a reference after the hold; under the gate.</summary>
    public void Leave(PartialResponse parts) => _departures.Add(parts);

    /// <summary>Forgets a node with all that it holds; under the gate.</summary>
    public void Remove(CacheNode node)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A node leaves under the gate of the cache.");
        // The index may hold a newer node under this key, if it had let this one expire.
        if (Find(node.Key) == node)
            _index.Remove(node.Key);
        Interlocked.Add(ref _bytes, -_queue.Slots[node.Slot].Cost);
        _wheel.Remove(node.Slot);
        _queue.Remove(node);
        Room.OnLeaving(node);
        Empty(node);
    }

    /// <summary>Releases what has outlived its time, in slices.</summary>
    public void Expire(long now)
    {
        // The walk goes on in slices, between which the wheel may change.
        using (Gate.Enter(LockRank.Cache))
            _wheel.BeginSweep(now);
        LockSlices.Run(this, () => ExpireNext(now));
    }

    /// <summary>Forgets everything at once; the caller gives what was there to <see cref="Release"/>, which takes longer.</summary>
    /// <param name="count">The nodes there were.</param>
    public SieveQueue TakeAll(out int count)
    {
        var index = new NodeIndex(_nodesMaximum);
        var queue = new SieveQueue(_nodesMaximum);
        // Index, queue and bytes change at once: no entry is counted that isn't found.
        using (Gate.Enter(LockRank.Cache))
        {
            var forgotten = _queue;
            count = forgotten.Count;
            _queue = queue;
            _wheel = new ExpiryWheel(queue.Slots);
            Room.OnLeaving(null);
            // The one before isn't disposed: a hit may be looking into it.
            _index = index;
            // Behind the index: whoever reads the new era, and looks then, finds nothing of the old one.
            Volatile.Write(ref _era, _era + 1);
            Interlocked.Exchange(ref _bytes, 0);
            return forgotten;
        }
    }

    /// <summary>Releases what was forgotten, in slices.</summary>
    public void Release(SieveQueue forgotten) => LockSlices.Run(this, () => ReleaseNext(forgotten));

    public void Dispose() => _index.Dispose();

    private int ExpireNext(long now)
    {
        if (!_wheel.TryLook(now, out var due))
            return 0;
        if (_queue.Slots.NodeIn(due) is not { } node)
            return 1;
        Remove(node);
        return LockSlices.RemovalCost;
    }

    private int ReleaseNext(SieveQueue forgotten)
    {
        if (forgotten.Oldest is not { } node)
            return 0;
        forgotten.Remove(node);
        Empty(node);
        return LockSlices.RemovalCost;
    }

    /// <summary>Takes all that a node holds out of it.</summary>
    private void Empty(CacheNode node)
    {
        var variants = node.Variants;
        for (var i = 0; i < variants.Count; i++)
            Leave(variants[i].Response);
        if (node.Parts is { } parts)
            Leave(parts);
        node.Hold([], null);
    }

    private void Recount(CacheNode node)
    {
        var (stored, keepUntil) = node.Parts is { } parts ? (parts.Cost, parts.Whole.KeepUntil) : (0, 0);
        var variants = node.Variants;
        for (var i = 0; i < variants.Count; i++)
        {
            stored += variants[i].Cost;
            keepUntil = Math.Max(keepUntil, variants[i].KeepUntil);
        }

        ref var row = ref _queue.Slots[node.Slot];
        var cost = stored == 0 ? 0 : stored + StoredCost.OfKey(node.Key);
        Interlocked.Add(ref _bytes, cost - row.Cost);
        row.Cost = cost;
        row.KeepUntil = keepUntil;
        // A new node is filed when it is kept, which tells the wheel the time.
        if (row.List != 0)
            _wheel.File(node.Slot);
    }
}
