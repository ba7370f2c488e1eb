namespace TlsProxy.Proxy.Cache.Store;

/// <content>Responses of which only parts are there, one under each key beside its whole ones. No hit comes here.</content>
internal sealed partial class ResponseCache
{
    /// <summary>The parts under a key, acquired for the caller; or null.</summary>
    public PartialResponse? AcquireParts(string key)
    {
        if (!_index.TryGetValue(key, out CacheNode? node))
            return null;
        // The parts are acquired before another thread can replace and release them.
        lock (_gate)
        {
            node!.Parts?.Acquire();
            if (node.Parts is not null)
                node.Visited = true;
            return node.Parts;
        }
    }

    /// <summary>Whether these are the parts under a key.</summary>
    public bool Holds(string key, PartialResponse parts)
    {
        if (!_index.TryGetValue(key, out CacheNode? node))
            return false;
        // Parts are written under the lock alone.
        lock (_gate)
            return node!.Parts == parts;
    }

    /// <summary>Adds a part to those of the same response, in place of those of any other. When all are there, the response is stored as a whole.</summary>
    /// <param name="added">Its reference passes to the cache.</param>
    /// <param name="updatesOnly">It doesn't tell enough of the whole to stand alone.</param>
    /// <param name="costMaximum">What the parts of one response may cost together.</param>
    public void StoreParts(string key, PartialResponse added, bool updatesOnly, long costMaximum, long now)
    {
        CacheEntry? whole = null;
        // What is known and what is added are joined in one step, so that two parts that come at once don't replace each other.
        lock (_gate)
        {
            var node = _index.TryGetValue(key, out CacheNode? listed) && listed!.IsListed ? listed : null;
            var known = node?.Parts is { } parts && parts.IsSame(added) ? parts : null;
            if (known is null && node is not null && HasMoreRecent(node, added.Whole))
            {
                added.Release();
                return;
            }

            var combined = known?.With(added);
            if (combined is not null && (combined.IsComplete || combined.Cost <= costMaximum))
            {
                added.Release();
                added = combined;
            }
            else
            {
                combined?.Release();
                if (updatesOnly || added.Cost > _bytesMaximum)
                {
                    added.Release();
                    return;
                }
            }

            if (added.IsComplete)
            {
                whole = added.ToWhole();
                added.Release();
            }
            else
            {
                node = NodeOf(key);
                node.Parts?.Release();
                node.Parts = added;
                Keep(node, now);
            }
        }

        if (whole is null)
            return;
        Store(key, whole, now);
        whole.Response.Release();
    }

    /// <summary>Forgets parts that are of another response than the origin's.</summary>
    public void RemoveParts(string key, PartialResponse parts)
    {
        // Looked up under the lock: the node may have left the cache since the caller acquired its parts.
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out CacheNode? node) || !node!.IsListed || node.Parts != parts)
                return;
            if (node.Variants.Length == 0)
                Remove(node);
            else
                DropParts(node);
        }
    }

    /// <summary>Whether parts or a whole response under the key say more recently what a part is of.</summary>
    private static bool HasMoreRecent(CacheNode node, CacheEntry whole) =>
        node.Parts?.Whole.IsMoreRecentThan(whole) == true
        || Array.Exists(node.Variants, variant => variant.Vary.SameAs(whole.Vary) && variant.IsMoreRecentThan(whole));

    private void DropParts(CacheNode node)
    {
        node.Parts?.Release();
        node.Parts = null;
        Recount(node);
    }
}
