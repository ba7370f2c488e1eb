namespace TlsProxy.Proxy.Cache.Store;

/// <summary>All variants under one key. Its order among the victims, its time and its cost stand in its place of the
/// <see cref="EntrySlots"/>. Readers see <see cref="Variants"/> and set <see cref="Visited"/>; everything else belongs to the cache's
/// lock.</summary>
internal sealed class CacheNode(string key)
{
    // A CacheEntry where that is all there is, as under nearly every key; otherwise a NodeContent, or null for nothing. Written under the
    // cache's lock, read by any thread without it.
    private object? _content;

    // Written by any thread that looks the node up and by the hand under the lock. It is a hint: a lost write costs one round of the hand.
    // It stands here, since a hit has this object at hand and not the node's place.
    private bool _visited;

    public string Key { get; } = key;

    /// <summary>The whole responses, as they are at this moment.</summary>
    public NodeVariants Variants => NodeVariants.In(Volatile.Read(ref _content));

    /// <summary>A response of which only parts are there; its reference is the node's.</summary>
    public PartialResponse? Parts => (_content as NodeContent)?.Parts;

    /// <summary>The node was used since the hand passed it.</summary>
    public bool Visited
    {
        get => Volatile.Read(ref _visited);
        set
        {
            // A hot node's line stays shared between the cores while its value doesn't change.
            if (Volatile.Read(ref _visited) != value)
                Volatile.Write(ref _visited, value);
        }
    }

    /// <summary>Its place while it is in the cache.</summary>
    public int Slot { get; set; }

    public bool IsListed => Slot != EntrySlots.None;

    /// <summary>Puts responses in place of those there were; the references are the caller's business.</summary>
    public void Hold(ReadOnlySpan<CacheEntry> variants, PartialResponse? parts)
    {
        object? content = variants is [var only] && parts is null ? only
            : variants.IsEmpty && parts is null ? null
            : new NodeContent(variants.ToArray(), parts);
        Volatile.Write(ref _content, content);
    }
}
