using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The first 128 bits of a key's SHA-256, for structures that remember many keys: a stranger chooses how long a key is, and can't
/// find two keys of one hash.</summary>
internal readonly record struct KeyHash(ulong High, ulong Low)
{
    /// <summary>Hashes a key; it costs some nanoseconds a character, so nobody holds a lock meanwhile.</summary>
    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(key), digest);
        var words = MemoryMarshal.Cast<byte, ulong>(digest);
        return new KeyHash(words[0], words[1]);
    }

    /// <summary>The hash of the same key, of requests with cookies or credentials alone.</summary>
    public KeyHash OfCredentials => new(~High, Low);

    /// <summary>Differs from process to process, so that a stranger can't find keys that meet in one bucket.</summary>
    public override int GetHashCode() => HashCode.Combine(High, Low);
}
