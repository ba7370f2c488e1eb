using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Records;

/// <summary>How a version and an AEAD lay out a protected record (RFC 9846, section 5.2; RFC 5288, section 3; RFC 7905, section
/// 2).</summary>
public readonly struct RecordFormat(TlsVersion version, Aead aead)
{
    public const int HeaderLength = RecordLayout.HeaderLength;
    public const int TagLength = RecordLayout.TagLength;
    public const int NonceLength = RecordLayout.NonceLength;
    public const int PlaintextMaximum = RecordLayout.PlaintextMaximum;
    public const int ExpansionMaximum = RecordLayout.ExpansionMaximum;
    public const int RecordMaximum = RecordLayout.RecordMaximum;
    public const int AdditionalMaximum = 13;
    private const int ExplicitNonceLength = RecordLayout.ExplicitNonceLength;

    public bool IsTls13 { get; } = version == TlsVersion.Tls13;

    /// <summary>Bytes between header and ciphertext: the explicit nonce of AES-GCM in TLS 1.2.</summary>
    public int PrefixLength { get; } = version == TlsVersion.Tls12 && aead != Aead.ChaCha20Poly1305 ? ExplicitNonceLength : 0;

    /// <summary>The most ciphertext a record may hold.</summary>
    public int CiphertextMaximum => IsTls13 ? PlaintextMaximum + 256 : PlaintextMaximum + ExpansionMaximum;

    /// <summary>Bytes of a record that are no plaintext.</summary>
    public int Overhead => HeaderLength + PrefixLength + TagLength + (IsTls13 ? 1 : 0);

    /// <summary>Writes the header of a record.</summary>
    /// <param name="length">Bytes that follow.</param>
    public void WriteHeader(Span<byte> destination, ContentType type, int length)
    {
        destination[0] = (byte)(IsTls13 ? ContentType.ApplicationData : type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)TlsVersion.Tls12);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], (ushort)length);
    }

    /// <summary>Writes what a record is authenticated with beside its content.</summary>
    /// <param name="length">TLS 1.3: bytes after the header. TLS 1.2: bytes of plaintext.</param>
    /// <returns>The bytes written.</returns>
    public int WriteAdditional(Span<byte> destination, ulong sequence, ContentType type, int length)
    {
        if (IsTls13)
        {
            WriteHeader(destination, ContentType.ApplicationData, length);
            return HeaderLength;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, sequence);
        WriteHeader(destination[8..], type, length);
        return AdditionalMaximum;
    }

    /// <summary>Writes the nonce: the IV combined with the sequence number, or with TLS 1.2's AES-GCM the salt and the explicit
    /// part.</summary>
    public void WriteNonce(Span<byte> destination, TrafficKeys keys, ReadOnlySpan<byte> explicitNonce)
    {
        keys.Iv.CopyTo(destination);
        if (PrefixLength > 0)
        {
            explicitNonce.CopyTo(destination[(NonceLength - ExplicitNonceLength)..]);
            return;
        }

        var tail = destination[(NonceLength - sizeof(ulong))..];
        BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) ^ keys.Sequence);
    }
}
