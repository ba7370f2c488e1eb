using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Kernel;

/// <summary>The kernel's structures for session keys (linux/tls.h: tls12_crypto_info_aes_gcm_128, …_256, …_chacha20_poly1305). Versions
/// and ciphers are in the machine's byte order, everything else as on the wire.</summary>
internal static class CryptoInfo
{
    /// <summary>Bytes of the largest structure.</summary>
    public const int LengthMaximum = 56;


    /// <summary>Writes the structure for one direction.</summary>
    /// <returns>Its length: 40 bytes for AES-128-GCM, else 56.</returns>
    public static int Write(Span<byte> destination, TlsVersion version, Aead aead, TrafficKeys keys)
    {
        WriteHeader(destination, version, aead);
        var rest = destination[4..];
        // AES-GCM: the last eight bytes of the IV, the key, and the salt last; ChaCha20 has no salt.
        var iv = aead == Aead.ChaCha20Poly1305 ? keys.Iv : keys.Iv[RecordLayout.SaltLength..];
        var salt = aead == Aead.ChaCha20Poly1305 ? default : keys.Iv[..RecordLayout.SaltLength];
        iv.CopyTo(rest);
        keys.Key.CopyTo(rest[iv.Length..]);
        salt.CopyTo(rest[(iv.Length + keys.Key.Length)..]);
        var end = iv.Length + keys.Key.Length + salt.Length;
        BinaryPrimitives.WriteUInt64BigEndian(rest[end..], keys.Sequence);
        return 4 + end + sizeof(ulong);
    }

    /// <summary>Writes what every structure begins with (tls_crypto_info).</summary>
    public static void WriteHeader(Span<byte> destination, TlsVersion version, Aead aead)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)version);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], CipherType(aead));
    }

    /// <summary>Bytes of the structure of a cipher.</summary>
    public static int LengthOf(Aead aead) => aead == Aead.Aes128Gcm ? 40 : LengthMaximum;

    private static ushort CipherType(Aead aead) => aead switch
    {
        Aead.Aes128Gcm => 51,
        Aead.Aes256Gcm => 52,
        _ => 54,
    };
}
