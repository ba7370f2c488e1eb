using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The stored responses. Lookups take no lock and allocate nothing. Times are milliseconds since 1970.</summary>
internal sealed class ResponseCache : IDisposable
{
    private const int KeyOnStack = 1024;
    private const int VariantsMaximum = 64;

    private readonly CacheNodes _nodes;

    /// <param name="bytesMaximum">Bytes of all entries, allocated ones and overhead.</param>
    /// <param name="nodesMaximum">Objects; variants of one count once.</param>
    /// <param name="onDebt">Told, by any thread, after a store that leaves room to be made, which <see cref="MakeRoom"/> does. Null where
    /// each store makes it itself.</param>
    public ResponseCache(long bytesMaximum, int nodesMaximum, Action? onDebt = null)
    {
        _nodes = new CacheNodes(bytesMaximum, nodesMaximum, onDebt);
        Parts = new StoredParts(_nodes, Store);
    }

    /// <summary>Responses of which only parts are there.</summary>
    public StoredParts Parts { get; }

    public long Bytes => _nodes.Bytes;

    public int Count => _nodes.Count;

    /// <summary>How often everything was forgotten.</summary>
    public int Era => _nodes.Era;

    /// <summary>Entries that left for want of room.</summary>
    public long Evictions => _nodes.Room.Evictions;

    /// <summary>The right to store an answer that is asked for from now on, or that is applied to what is looked up from now on.</summary>
    public StorePermit Permit() => new(_nodes.Era);

    /// <summary>Finds the latest variant for a request, fresh or stale.</summary>
    /// <param name="rule">The rule for the request's path.</param>
    /// <param name="miss">Why there is none.</param>
    /// <returns>The entry, whose response was acquired for the caller; or null.</returns>
    public CacheEntry? TryAcquire(RequestHead request, PathRule? rule, out CacheReason miss)
    {
        miss = CacheReason.NothingStored;
        var length = CacheKey.LengthMaximum(request);
        var buffer = length <= KeyOnStack ? stackalloc char[KeyOnStack] : new char[length];
        var key = buffer[..CacheKey.Write(request.IsHttps, request.Host, request.Target, rule, buffer)];
        if (_nodes.Find(key) is not { } node)
            return null;
        var variants = node.Variants;
        for (var i = 0; i < variants.Count; i++)
        {
            var entry = variants[i];
            miss = CacheReason.OtherVariant;
            if (!entry.Serves(request))
                continue;
            node.Visited = true;
            return entry.Response.TryAcquire() ? entry : null;
        }

        return null;
    }

    /// <summary>Stores an entry in place of the same variant, unless that is the more recent one: an answer that takes long may end after
    /// one that was asked for later. The cache takes a reference of its own. The caller holds no lock: the store may make much
    /// room.</summary>
    /// <param name="permit">The right to store the answer.</param>
    /// <returns>False where that has ended.</returns>
    public bool Store(string key, CacheEntry entry, StorePermit permit, long now) => Store(key, entry, permit, null, now);

    /// <summary>Stores an entry as <see cref="Store(string, CacheEntry, StorePermit, long)"/> does, but only while the one is stored that
    /// it was made of.</summary>
    /// <returns>False where that has left the cache, or the permit has ended.</returns>
    public bool Update(string key, CacheEntry stored, CacheEntry updated, StorePermit permit, long now) =>
        Store(key, updated, permit, stored, now);

    /// <summary>Whether an entry is stored under a key.</summary>
    public bool Holds(string key, CacheEntry entry) => _nodes.Find(key) is { } node && node.Variants.Contains(entry);

    /// <summary>Forgets all variants under a key.</summary>
    /// <returns>False where there were none.</returns>
    public bool Remove(string key)
    {
        var isRemoved = Remove(key, out var left);
        left.Release();
        return isRemoved;
    }

    /// <summary>Forgets all variants under a key.</summary>
    /// <param name="left">What was there; the caller releases it, once and without a lock.</param>
    /// <returns>False where there were none.</returns>
    public bool Remove(string key, out Departures left)
    {
        // Looked up under the lock: a node that has left the cache isn't changed any more.
        using var hold = _nodes.Enter();
        var node = _nodes.FindListed(key);
        if (node is not null)
            _nodes.Remove(node);
        left = _nodes.TakeDepartures();
        return node is not null;
    }

    /// <summary>Forgets one variant.</summary>
    public void Remove(string key, CacheEntry entry)
    {
        // Looked up under the lock: a node that has left the cache isn't changed any more.
        using var hold = _nodes.Enter();
        if (_nodes.FindListed(key) is not { } node || !node.Variants.Contains(entry))
            return;
        if (node.Variants.Count == 1)
            _nodes.Remove(node);
        else
            _nodes.SetVariants(node, Array.FindAll(node.Variants.ToArray(), known => known != entry));
    }

    /// <summary>Releases what has outlived its time, in slices. A timer calls it.</summary>
    public void Expire(long now) => _nodes.Expire(now);

    /// <summary>Evicts until there is room, in slices.</summary>
    public void MakeRoom() => _nodes.Room.Make();

    /// <summary>Forgets everything.</summary>
    /// <returns>The objects there were.</returns>
    public int Clear()
    {
        var forgotten = TakeAll(out var count);
        Release(forgotten);
        return count;
    }

    /// <summary>Forgets everything at once; the caller gives what was there to <see cref="Release"/>, which takes longer.</summary>
    /// <param name="count">The objects there were.</param>
    public SieveQueue TakeAll(out int count) => _nodes.TakeAll(out count);

    /// <summary>Releases what was forgotten, in slices.</summary>
    public void Release(SieveQueue forgotten) => _nodes.Release(forgotten);

    public void Dispose()
    {
        Clear();
        _nodes.Dispose();
    }

    private bool Store(string key, CacheEntry entry, StorePermit permit, CacheEntry? stored, long now)
    {
        if (entry.Cost + StoredCost.OfKey(key) > _nodes.Room.BytesMaximum || !entry.Response.TryAcquire())
            return _nodes.Admits(permit);
        bool isAdmitted;
        // Under the gate from the look at what is there to the change: of two answers that end at once, the more recent stays.
        using (_nodes.Enter())
            isAdmitted = TryStore(key, entry, permit, stored, now);
        _nodes.Room.Settle();
        return isAdmitted;
    }

    /// <summary>Stores an entry, whose reference passes to the cache; under the gate.</summary>
    private bool TryStore(string key, CacheEntry entry, StorePermit permit, CacheEntry? stored, long now)
    {
        if (!_nodes.Admits(permit) || (stored is not null && !Holds(key, stored)))
        {
            _nodes.Leave(entry.Response);
            return false;
        }

        var node = _nodes.NodeOf(key);
        if (node.Variants.Exists(known => known == entry || (known.Vary.SameAs(entry.Vary) && known.IsMoreRecentThan(entry))))
        {
            _nodes.Leave(entry.Response);
            return true;
        }

        // Nearly always there is one variant.
        if (node.Variants.Exists(known => !known.Vary.SameAs(entry.Vary)))
            _nodes.SetVariants(node, Among(node.Variants.ToArray(), entry));
        else
            _nodes.SetVariants(node, entry);
        if (entry.Response.Status == 200 && node.Parts is { } parts && parts.Whole.Vary.SameAs(entry.Vary)
            && !parts.Whole.IsMoreRecentThan(entry))
            _nodes.SetParts(node, null);
        _nodes.Keep(node, now);
        return true;
    }

    /// <summary>The variants of a node with one more in place of the same.</summary>
    private CacheEntry[] Among(CacheEntry[] known, CacheEntry entry)
    {
        // The latest comes first; among equals the one stored last.
        List<CacheEntry> variants = [.. known.Where(other => !other.Vary.SameAs(entry.Vary))];
        var place = variants.FindIndex(other => other.Date <= entry.Date);
        variants.Insert(place < 0 ? variants.Count : place, entry);
        if (variants.Count > VariantsMaximum)
            variants.RemoveAt(variants[^1] == entry ? VariantsMaximum - 1 : VariantsMaximum);
        LeaveRoomForOthers(variants, entry);
        return [.. variants];
    }

    /// <summary>Takes the oldest variants out of a list until half of the cache is left for other keys: a stranger that varies its requests
    /// would empty it otherwise.</summary>
    /// <param name="added">It stays, however large it is.</param>
    private void LeaveRoomForOthers(List<CacheEntry> variants, CacheEntry added)
    {
        var cost = variants.Sum(variant => variant.Cost);
        while (cost > _nodes.Room.BytesMaximum / 2 && variants.FindLastIndex(variant => variant != added) is >= 0 and var oldest)
        {
            cost -= variants[oldest].Cost;
            variants.RemoveAt(oldest);
            _nodes.Room.CountEviction();
        }
    }
}
