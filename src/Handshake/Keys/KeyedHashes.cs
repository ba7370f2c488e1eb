using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Keys;

/// <summary>The HMACs that keys are derived with, whatever engine has run the handshake. They are libcrypto's over a kept context: the
/// runtime's one-shot functions fetch the algorithm and set the key for each message, and take two and a half times as long.</summary>
internal static class KeyedHashes
{
    /// <summary>The calling thread's HMAC of a hash, SHA-256 or SHA-384.</summary>
    public static IKeyedHash Of(HashAlgorithmName hash) => HmacContext.Of(hash);
}
