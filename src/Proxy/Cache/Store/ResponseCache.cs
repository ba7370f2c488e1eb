using Microsoft.Extensions.Caching.Memory;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The stored responses: MemoryCache is the index and the keeper of lifetimes, bytes and objects are limited here. Lookups take no lock and
/// allocate nothing. Times are milliseconds since 1970.</summary>
internal sealed partial class ResponseCache : IDisposable
{
    private const int KeyOnStack = 1024;
    private const int VariantsMaximum = 64;

    // The last of the locks: table, fetch, cache. It guards the queue and all of a node but what its readers see.
    private readonly Lock _gate = new();
    private readonly long _bytesMaximum;
    private readonly int _nodesMaximum;

    // Replaced under the gate, read without it.
    private volatile MemoryCache _index = CreateIndex();
    private SieveQueue _queue = new();

    // Changed under the gate, by interlocked operations since others read them.
    private long _bytes;
    private long _evictions;

    /// <param name="bytesMaximum">Bytes of all entries, allocated ones and overhead.</param>
    /// <param name="nodesMaximum">Objects; variants of one count once.</param>
    public ResponseCache(long bytesMaximum, int nodesMaximum)
    {
        _bytesMaximum = bytesMaximum;
        _nodesMaximum = nodesMaximum;
    }

    public long Bytes => Interlocked.Read(ref _bytes);

    public int Count
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    /// <summary>Entries that left for want of room.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

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
        if (!_index.TryGetValue(key, out var value) || value is not CacheNode node)
            return null;
        foreach (var entry in node.Variants)
        {
            miss = CacheReason.OtherVariant;
            if (!entry.Serves(request))
                continue;
            node.Visited = true;
            return entry.Response.TryAcquire() ? entry : null;
        }

        return null;
    }

    /// <summary>Stores an entry in place of the same variant, unless that is the more recent one: an answer that takes long may end after
    /// one that was asked for later. The cache takes a reference of its own.</summary>
    public void Store(string key, CacheEntry entry, long now)
    {
        if (entry.Cost + StoredCost.OfKey(key) > _bytesMaximum || !entry.Response.TryAcquire())
            return;
        lock (_gate)
        {
            var node = NodeOf(key);
            if (Array.Exists(node.Variants, known => known == entry || (known.Vary.SameAs(entry.Vary) && known.IsMoreRecentThan(entry))))
            {
                entry.Response.Release();
                return;
            }

            // The latest comes first; among equals the one stored last.
            List<CacheEntry> variants = [.. node.Variants.Where(known => !known.Vary.SameAs(entry.Vary))];
            var place = variants.FindIndex(known => known.Date <= entry.Date);
            variants.Insert(place < 0 ? variants.Count : place, entry);
            if (variants.Count > VariantsMaximum)
                variants.RemoveAt(variants[^1] == entry ? VariantsMaximum - 1 : VariantsMaximum);
            LeaveRoomForOthers(variants, entry);
            SetVariants(node, [.. variants]);
            if (entry.Response.Status == 200 && node.Parts is { } parts && parts.Whole.Vary.SameAs(entry.Vary)
                && !parts.Whole.IsMoreRecentThan(entry))
                DropParts(node);
            Keep(node, now);
        }
    }

    /// <summary>Whether an entry is stored under a key.</summary>
    public bool Holds(string key, CacheEntry entry) =>
        _index.TryGetValue(key, out CacheNode? node) && Array.IndexOf(node!.Variants, entry) >= 0;

    /// <summary>Forgets all variants under a key.</summary>
    public void Remove(string key)
    {
        lock (_gate)
        {
            if (_index.TryGetValue(key, out CacheNode? node) && node!.IsListed)
                Remove(node);
        }
    }

    /// <summary>Forgets one variant.</summary>
    public void Remove(string key, CacheEntry entry)
    {
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out CacheNode? node) || !node!.IsListed || Array.IndexOf(node.Variants, entry) < 0)
                return;
            if (node.Variants.Length == 1)
                Remove(node);
            else
                SetVariants(node, Array.FindAll(node.Variants, known => known != entry));
        }
    }

    /// <summary>Releases what has outlived its time, in slices. A timer calls it.</summary>
    public void Expire(long now)
    {
        lock (_gate)
            _queue.BeginSweep();
        LockSlices.Run(_gate, () => ExpireNext(now));
    }

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
    public SieveQueue TakeAll(out int count)
    {
        lock (_gate)
        {
            var forgotten = _queue;
            count = forgotten.Count;
            _queue = new SieveQueue();
            // The one before isn't disposed: a hit may be looking into it.
            _index = CreateIndex();
            Interlocked.Exchange(ref _bytes, 0);
            return forgotten;
        }
    }

    /// <summary>Releases what was forgotten, in slices.</summary>
    public void Release(SieveQueue forgotten) => LockSlices.Run(_gate, () => ReleaseNext(forgotten));

    public void Dispose()
    {
        Clear();
        _index.Dispose();
    }

    // What has expired is looked for here, node by node, and the index never has to be searched for it.
    private static MemoryCache CreateIndex() => new(new MemoryCacheOptions { ExpirationScanFrequency = TimeSpan.MaxValue });

    private int ExpireNext(long now)
    {
        if (_queue.NextSwept() is not { } node)
            return 0;
        if (node.KeepUntil > now)
            return 1;
        Remove(node);
        return LockSlices.RemovalCost;
    }

    private int ReleaseNext(SieveQueue forgotten)
    {
        if (forgotten.Oldest is not { } node)
            return 0;
        forgotten.Remove(node);
        // Counted out when it was forgotten.
        node.Cost = 0;
        SetVariants(node, []);
        DropParts(node);
        return LockSlices.RemovalCost;
    }

    /// <summary>Puts variants in place of those there were, and drops the reference to each that has gone.</summary>
    private void SetVariants(CacheNode node, CacheEntry[] variants)
    {
        var before = node.Variants;
        node.Variants = variants;
        foreach (var known in before)
        {
            if (Array.IndexOf(variants, known) < 0)
                known.Response.Release();
        }

        Recount(node);
    }

    private void Recount(CacheNode node)
    {
        var stored = node.Variants.Sum(variant => variant.Cost) + (node.Parts?.Cost ?? 0);
        Charge(node, stored == 0 ? 0 : stored + StoredCost.OfKey(node.Key));
        node.KeepUntil = node.Variants.Select(variant => variant.KeepUntil).Append(node.Parts?.Whole.KeepUntil ?? 0).Max();
    }

    /// <summary>Takes the oldest variants out of a list until half of the cache is left for other keys: a stranger that varies its requests would empty it
    /// otherwise.</summary>
    /// <param name="added">It stays, however large it is.</param>
    private void LeaveRoomForOthers(List<CacheEntry> variants, CacheEntry added)
    {
        var cost = variants.Sum(variant => variant.Cost);
        while (cost > _bytesMaximum / 2 && variants.FindLastIndex(variant => variant != added) is >= 0 and var oldest)
        {
            cost -= variants[oldest].Cost;
            variants.RemoveAt(oldest);
            Interlocked.Increment(ref _evictions);
        }
    }

    /// <summary>The node under a key, a new one where there is none.</summary>
    private CacheNode NodeOf(string key)
    {
        if (_index.TryGetValue(key, out CacheNode? node) && node!.IsListed)
            return node;
        node = new CacheNode(key);
        _queue.Add(node);
        return node;
    }

    /// <summary>Lets the index have a node that has changed, and makes room for it.</summary>
    private void Keep(CacheNode node, long now)
    {
        Recount(node);
        _index.Set(node.Key, node, DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(node.KeepUntil, now + 1000)));
        MakeRoom(node);
    }

    private void MakeRoom(CacheNode spared)
    {
        while (_bytes > _bytesMaximum || _queue.Count > _nodesMaximum)
        {
            if (_queue.Next(spared) is not { } victim)
            {
                Remove(spared);
                return;
            }

            Interlocked.Add(ref _evictions, victim.Variants.Length + (victim.Parts is null ? 0 : 1));
            Remove(victim);
        }
    }

    private void Remove(CacheNode node)
    {
        _queue.Remove(node);
        // The index may hold a newer node under this key, if it had let this one expire.
        if (_index.TryGetValue(node.Key, out CacheNode? indexed) && indexed == node)
            _index.Remove(node.Key);
        SetVariants(node, []);
        DropParts(node);
    }

    private void Charge(CacheNode node, long cost)
    {
        Interlocked.Add(ref _bytes, cost - node.Cost);
        node.Cost = cost;
    }
}
