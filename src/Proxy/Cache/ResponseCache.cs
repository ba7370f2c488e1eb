using Microsoft.Extensions.Caching.Memory;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The stored responses: MemoryCache is the index and the keeper of lifetimes, bytes and objects are limited here. Lookups take no lock and
/// allocate nothing.</summary>
internal sealed class ResponseCache : IDisposable
{
    // A stale response with a validator is kept this long for its revalidation.
    private const long StaleSeconds = 3600;
    private const int KeyOnStack = 1024;
    private const int VariantsMaximum = 64;

    private readonly MemoryCache _index = new(new MemoryCacheOptions { ExpirationScanFrequency = TimeSpan.MaxValue });
    private readonly VictimQueue _queue = new();
    private readonly Lock _gate = new();
    private readonly long _bytesMaximum;
    private readonly int _nodesMaximum;
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

    /// <summary>Finds the variant for a request, fresh or stale.</summary>
    /// <returns>The entry, whose response was acquired for the caller; or null.</returns>
    public CacheEntry? TryAcquire(RequestHead request)
    {
        var length = CacheKey.LengthMaximum(request);
        var buffer = length <= KeyOnStack ? stackalloc char[KeyOnStack] : new char[length];
        var key = buffer[..CacheKey.Write(request, buffer)];
        if (!_index.TryGetValue(key, out var value) || value is not CacheNode node)
            return null;
        foreach (var entry in node.Variants)
        {
            if (!entry.Serves(request))
                continue;
            node.Visited = true;
            return entry.Response.TryAcquire() ? entry : null;
        }

        return null;
    }

    /// <summary>Stores an entry in place of the same variant. The cache takes a reference of its own.</summary>
    public void Store(RequestHead request, CacheEntry entry, long now)
    {
        if (entry.Cost > _bytesMaximum || !entry.Response.TryAcquire())
            return;
        var key = CacheKey.Of(request);
        lock (_gate)
        {
            if (!(_index.TryGetValue(key, out CacheNode? node) && node!.IsListed))
            {
                node = new CacheNode(key);
                _queue.Add(node);
            }

            var others = Array.FindAll(node.Variants, known => !known.Vary.SameAs(entry.Vary));
            if (others.Length >= VariantsMaximum)
                others = others[1..];
            var before = node.Variants;
            node.Variants = [.. others, entry];
            foreach (var known in before)
            {
                if (Array.IndexOf(others, known) < 0)
                    known.Response.Release();
            }

            Charge(node, node.Variants.Sum(variant => variant.Cost));
            node.KeepUntil = Math.Max(node.KeepUntil, now + KeepSeconds(entry, now));
            _index.Set(node.Key, node, DateTimeOffset.FromUnixTimeSeconds(node.KeepUntil));
            MakeRoom(node);
        }
    }

    /// <summary>Forgets all variants of a request's target.</summary>
    public void Remove(RequestHead request)
    {
        var key = CacheKey.Of(request);
        lock (_gate)
        {
            if (_index.TryGetValue(key, out CacheNode? node) && node!.IsListed)
                Remove(node);
        }
    }

    /// <summary>Lets go of what has outlived its time. A timer calls it.</summary>
    public void Expire(long now)
    {
        lock (_gate)
        {
            for (var node = _queue.Oldest; node is not null;)
            {
                var next = node.Newer;
                if (node.KeepUntil <= now)
                    Remove(node);
                node = next;
            }
        }

        _index.Compact(0);
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>The objects there were.</returns>
    public int Clear()
    {
        lock (_gate)
        {
            var count = _queue.Count;
            while (_queue.Oldest is { } node)
                Remove(node);
            return count;
        }
    }

    public void Dispose()
    {
        Clear();
        _index.Dispose();
    }

    private static long KeepSeconds(CacheEntry entry, long now) =>
        Math.Max(1, entry.Freshness.Lifetime - entry.Freshness.AgeAt(now)) + (entry.HasValidator ? StaleSeconds : 0);

    private void MakeRoom(CacheNode spared)
    {
        while (_bytes > _bytesMaximum || _queue.Count > _nodesMaximum)
        {
            if (_queue.Next(spared) is not { } victim)
            {
                Remove(spared);
                return;
            }

            Interlocked.Add(ref _evictions, victim.Variants.Length);
            Remove(victim);
        }
    }

    private void Remove(CacheNode node)
    {
        _queue.Remove(node);
        // The index may hold a newer node under this key, if it had let this one expire.
        if (_index.TryGetValue(node.Key, out CacheNode? indexed) && indexed == node)
            _index.Remove(node.Key);
        Charge(node, 0);
        var variants = node.Variants;
        node.Variants = [];
        foreach (var entry in variants)
            entry.Response.Release();
    }

    private void Charge(CacheNode node, long cost)
    {
        Interlocked.Add(ref _bytes, cost - node.Cost);
        node.Cost = cost;
    }
}
