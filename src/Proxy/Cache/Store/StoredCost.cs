namespace TlsProxy.Proxy.Cache.Store;

/// <summary>What stored responses take beside their bodies and heads, in bytes on the managed heap. <c>--cache-size</c> counts it, so the
/// process holds what the option says also where objects are small.</summary>
internal static class StoredCost
{
    // MemoryCache's entry and the node, bucket and string of its key.
    private const int IndexBytes = 272;

    // The node and its place among the slots.
    private const int NodeBytes = 40 + 48;

    // The entry, its head beside the fields, which are counted as they are, and a 304 in its place.
    private const int HeadBytes = 120 + 16 + 56;

    // The body with its segment and that one's share of its slab, all but the segment's memory.
    private const int BodyBytes = 80 + 48 + 16;

    // What the collector leaves lying between two collections.
    private const int CollectorBytes = 16;

    /// <summary>An entry beside the fields of its head and the memory of its body, with a key of <see cref="KeyLengthIncluded"/>
    /// characters.</summary>
    public const int EntryBytes = IndexBytes + NodeBytes + HeadBytes + BodyBytes + CollectorBytes;

    /// <summary>A part of a response beside the entry that describes the whole.</summary>
    public const int PartBytes = 512;

    /// <summary>A longer key costs what exceeds this.</summary>
    public const int KeyLengthIncluded = 32;

    /// <summary>Bytes of a key beyond what an entry includes.</summary>
    public static long OfKey(string key) => sizeof(char) * (long)Math.Max(0, key.Length - KeyLengthIncluded);

    /// <summary>Bytes of an array of this many bytes and a reference to it.</summary>
    public static int OfArray(int length) => 24 + 8 + length;
}
