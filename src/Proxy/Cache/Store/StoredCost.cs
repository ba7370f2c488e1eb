using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>What stored responses take beside their bodies and heads, in bytes on the managed heap. <c>--cache-size</c> counts it, so the
/// process holds what the option says also where objects are small.</summary>
internal static class StoredCost
{
    /// <summary>An entry: its objects and those of its body, its places in the index and among the victims, a key of <see
    /// cref="KeyLengthIncluded"/> characters, a 304 in its place, and what the collector leaves lying between two collections.</summary>
    public const int EntryBytes = 1768;

    /// <summary>A part of a response beside the entry that describes the whole.</summary>
    public const int PartBytes = 512;

    // A formatted head beside its field lines: an object, an array, and what precedes the fields, of which HTTP/1.1's longest status line
    // is the largest.
    private const int FormattedHeadBytes = 24 + 32 + 48;

    /// <summary>A longer key costs what exceeds this.</summary>
    public const int KeyLengthIncluded = 128;

    /// <summary>Bytes of the head in the form of a protocol, which is made when the response is first sent: counted from the beginning, so
    /// that an entry never grows.</summary>
    public static int OfFormattedHead(Response response) => FormattedHeadBytes + response.FieldBytes;

    /// <summary>Bytes of a key beyond what an entry includes.</summary>
    public static long OfKey(string key) => sizeof(char) * (long)Math.Max(0, key.Length - KeyLengthIncluded);

    /// <summary>Bytes of an array of this many bytes and a reference to it.</summary>
    public static int OfArray(int length) => 24 + 8 + length;
}
