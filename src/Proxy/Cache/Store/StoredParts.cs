namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Responses of which only parts are there, one under each key beside its whole ones. No hit comes here. Times are milliseconds
/// since 1970.</summary>
/// <param name="storeWhole">Stores a response of which all parts have come; called without the gate.</param>
internal sealed class StoredParts(CacheNodes nodes, Func<string, CacheEntry, StorePermit, long, bool> storeWhole)
{
    /// <summary>The parts under a key, acquired for the caller; or null.</summary>
    public PartialResponse? Acquire(string key)
    {
        if (nodes.Find(key) is not { } node)
            return null;
        // The gate keeps the parts from being dropped between the look and the reference.
        using var hold = nodes.Enter();
        node.Parts?.Acquire();
        if (node.Parts is not null)
            node.Visited = true;
        return node.Parts;
    }

    /// <summary>Whether these are the parts under a key.</summary>
    public bool Holds(string key, PartialResponse parts)
    {
        if (nodes.Find(key) is not { } node)
            return false;
        // Parts are written under the lock alone.
        using var hold = nodes.Enter();
        return node.Parts == parts;
    }

    /// <summary>Adds a part to those of the same response, in place of those of any other. When all are there, the response is stored as a
    /// whole.</summary>
    /// <param name="added">Its reference passes to the cache, unless false is returned.</param>
    /// <param name="updatesOnly">It doesn't tell enough of the whole to stand alone.</param>
    /// <param name="costMaximum">The most that the parts of one response may cost together, in bytes.</param>
    /// <param name="permit">The right to store the part.</param>
    /// <returns>False where that has ended.</returns>
    public bool Store(string key, PartialResponse added, bool updatesOnly, long costMaximum, StorePermit permit, long now)
    {
        CacheEntry? whole = null;
        // Under the gate from the look to the change: of two parts that come at once, the later combines with the earlier.
        using (nodes.Enter())
        {
            if (!nodes.Admits(permit))
                return false;
            if (Combine(nodes.FindListed(key), added, updatesOnly, costMaximum) is not { } combined)
                return true;
            if (combined.IsComplete)
            {
                whole = combined.ToWhole();
                nodes.Leave(combined);
            }
            else
            {
                var node = nodes.NodeOf(key);
                nodes.SetParts(node, combined);
                nodes.Keep(node, now);
            }
        }

        nodes.Room.Settle();
        if (whole is null)
            return true;
        // The parts are the cache's by now, whatever becomes of the whole.
        _ = storeWhole(key, whole, permit, now);
        whole.Response.Release();
        return true;
    }

    /// <summary>Forgets parts that are of another response than the origin's.</summary>
    public void Remove(string key, PartialResponse parts)
    {
        // Looked up under the lock: the node may have left the cache since the caller acquired its parts.
        using var hold = nodes.Enter();
        if (nodes.FindListed(key) is not { } node || node.Parts != parts)
            return;
        if (node.Variants.Count == 0)
            nodes.Remove(node);
        else
            nodes.SetParts(node, null);
    }

    /// <summary>What is to be stored when a part has come; under the gate.</summary>
    /// <returns>The reference to store; null where nothing is, and the part is released.</returns>
    private PartialResponse? Combine(CacheNode? node, PartialResponse added, bool updatesOnly, long costMaximum)
    {
        var known = node?.Parts is { } parts && parts.IsSame(added) ? parts : null;
        if (known is null && node is not null && HasMoreRecent(node, added.Whole))
        {
            nodes.Leave(added);
            return null;
        }

        var combined = known?.With(added);
        if (combined is not null && (combined.IsComplete || combined.Cost <= costMaximum))
        {
            nodes.Leave(added);
            return combined;
        }

        if (combined is not null)
            nodes.Leave(combined);
        if (!updatesOnly && added.Cost <= nodes.Room.BytesMaximum)
            return added;
        nodes.Leave(added);
        return null;
    }

    /// <summary>Whether parts or a whole response under the key say more recently what a part is of.</summary>
    private static bool HasMoreRecent(CacheNode node, CacheEntry whole) =>
        node.Parts?.Whole.IsMoreRecentThan(whole) == true
        || node.Variants.Exists(variant => variant.Vary.SameAs(whole.Vary) && variant.IsMoreRecentThan(whole));
}
