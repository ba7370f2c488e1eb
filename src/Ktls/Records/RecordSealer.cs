using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Records;

/// <summary>Protects the records of one direction in user space.</summary>
internal sealed class RecordSealer : IDisposable
{
    private readonly TrafficKeys _keys;
    private readonly Aead _aead;
    private RecordCipher _cipher;

    /// <param name="keys">Stay with their owner, who disposes them.</param>
    public RecordSealer(TlsVersion version, CipherSuite suite, TrafficKeys keys, RecordRequirements requirements = default)
    {
        PlaintextMaximum = requirements.PlaintextMaximum;
        _keys = keys;
        _aead = suite.Aead();
        Format = new RecordFormat(version, _aead);
        _cipher = RecordCipher.CreateSealer(_aead, keys.Key);
    }

    public RecordFormat Format { get; }

    /// <summary>Bytes of plaintext in a record at most.</summary>
    public int PlaintextMaximum { get; }

    /// <summary>Records that the keys have protected.</summary>
    public ulong Records => _keys.Sequence;

    /// <summary>Writes one record.</summary>
    /// <param name="plaintext">At most <see cref="PlaintextMaximum"/> bytes; it may lie where it belongs in the destination.</param>
    /// <returns>The record's length.</returns>
    public int Seal(ContentType type, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plaintext.Length, PlaintextMaximum);
        var length = plaintext.Length + Format.Overhead;
        var format = Format;
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        Span<byte> additional = stackalloc byte[RecordFormat.AdditionalMaximum];
        Span<byte> explicitNonce = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(explicitNonce, _keys.ExplicitNonce);
        format.WriteNonce(nonce, _keys, explicitNonce);
        var additionalLength = format.WriteAdditional(
            additional, _keys.Sequence, type, format.IsTls13 ? length - RecordFormat.HeaderLength : plaintext.Length);
        ReadOnlySpan<byte> trailer = format.IsTls13 ? [(byte)type] : [];
        var start = RecordFormat.HeaderLength + format.PrefixLength;
        _cipher.Seal(nonce, additional[..additionalLength], plaintext, trailer, destination[start..]);
        format.WriteHeader(destination, type, length - RecordFormat.HeaderLength);
        if (format.PrefixLength > 0)
        {
            explicitNonce.CopyTo(destination[RecordFormat.HeaderLength..]);
            _keys.ExplicitNonce++;
        }

        _keys.Sequence++;
        return length;
    }

    /// <summary>Goes to the next keys (RFC 9846, section 7.2).</summary>
    public void Update()
    {
        _keys.Update();
        _cipher.Dispose();
        _cipher = RecordCipher.CreateSealer(_aead, _keys.Key);
    }

    public void Dispose() => _cipher.Dispose();
}
