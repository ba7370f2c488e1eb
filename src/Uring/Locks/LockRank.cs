namespace TlsProxy.Uring.Locks;

/// <summary>The locks that are held one within another, in the order in which a thread takes them. All other locks stand alone: nothing is
/// called under them that takes one.</summary>
/// <remarks>Any thread may take them, for a moment only: nobody waits for a loop, an origin or a sink while holding one. Two of one rank
/// are never held together. A lock of the segment pool may be taken within any of them, since the pool calls nobody.</remarks>
public enum LockRank
{
    /// <summary>Which fetches there are for a key.</summary>
    Table,

    /// <summary>Those who wait for one fetch, and what has come.</summary>
    Fetch,

    /// <summary>What is stored.</summary>
    Cache,

    /// <summary>Pieces and readers of one body.</summary>
    Body,
}
