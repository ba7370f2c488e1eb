namespace TlsProxy.Proxy.Cache.Store;

/// <summary>What the cache notes of a node in its place; numbers of other places are 0 for none.</summary>
internal struct SlotRow
{
    /// <summary>The next newer node of the queue of victims; of a free place the next free one.</summary>
    public int Newer { get; set; }

    public int Older { get; set; }

    /// <summary>The list of the expiry wheel that the node is in; 0 for none.</summary>
    public int List { get; set; }

    /// <summary>The next node of that list.</summary>
    public int Next { get; set; }

    public int Previous { get; set; }

    /// <summary>When the node leaves whatever happens, in milliseconds since 1970.</summary>
    public long KeepUntil { get; set; }

    /// <summary>Bytes that the node is accounted with.</summary>
    public long Cost { get; set; }
}
