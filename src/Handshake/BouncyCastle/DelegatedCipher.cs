using System.Buffers.Binary;
using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Protects the records of a handshake (RFC 9846, section 5.2; RFC 5288 and 7905 for TLS 1.2). Keys stay in native memory, and the
/// AEAD is libcrypto's. It counts what records bring for messages.</summary>
internal sealed class DelegatedCipher : TlsCipher, IDisposable
{
    private const int AlertLength = 2;
    private const int TypeLength = 1;

    private readonly SessionKeys _keys;
    private readonly HandshakeBytes _bytes;
    private readonly RecordCipher _sealer;
    private readonly RecordCipher _opener;
    private readonly bool _isTls13;
    private readonly int _explicitLength;

    /// <param name="keys">Become the cipher's.</param>
    public DelegatedCipher(SessionKeys keys, HandshakeBytes bytes)
    {
        _keys = keys;
        _bytes = bytes;
        var aead = keys.Suite.Aead();
        _sealer = RecordCipher.CreateSealer(aead, keys.Transmit.Key);
        _opener = RecordCipher.CreateOpener(aead, keys.Receive.Key);
        _isTls13 = keys.Version == TlsVersion.Tls13;
        _explicitLength = _isTls13 || aead == Aead.ChaCha20Poly1305 ? 0 : RecordLayout.ExplicitNonceLength;
    }

    public bool UsesOpaqueRecordType => _isTls13;

    private int Overhead => _explicitLength + (_isTls13 ? TypeLength : 0) + RecordLayout.TagLength;

    public int GetCiphertextDecodeLimit(int plaintextLimit) => plaintextLimit + Overhead;

    public int GetCiphertextEncodeLimit(int plaintextLength, int plaintextLimit) => Math.Min(plaintextLength, plaintextLimit) + Overhead;

    public int GetPlaintextLimit(int ciphertextLimit) => ciphertextLimit - Overhead;

    public TlsEncodeResult EncodePlaintext(
        long seqNo, short contentType, Tls.ProtocolVersion recordVersion, int headerAllocation, byte[] plaintext, int offset, int len) =>
        EncodePlaintext(seqNo, contentType, recordVersion, headerAllocation, plaintext.AsSpan(offset, len));

    public TlsEncodeResult EncodePlaintext(
        long seqNo, short contentType, Tls.ProtocolVersion recordVersion, int headerAllocation, ReadOnlySpan<byte> plaintext)
    {
        var record = new byte[headerAllocation + plaintext.Length + Overhead];
        var body = record.AsSpan(headerAllocation);
        // Its sequence number is a nonce that no other record of the key has.
        if (_explicitLength > 0)
            BinaryPrimitives.WriteInt64BigEndian(body, seqNo);
        Span<byte> nonce = stackalloc byte[RecordLayout.NonceLength];
        Span<byte> associated = stackalloc byte[sizeof(long) + RecordLayout.HeaderLength];
        WriteNonce(_keys.Transmit, seqNo, body, nonce);
        ReadOnlySpan<byte> type = _isTls13 ? [(byte)contentType] : [];
        var outer = _isTls13 ? Tls.ContentType.application_data : contentType;
        var length = WriteAssociated(associated, seqNo, outer, _isTls13 ? body.Length : plaintext.Length);
        _sealer.Seal(nonce, associated[..length], plaintext, type, body[_explicitLength..]);
        return new TlsEncodeResult(record, 0, record.Length, outer);
    }

    public TlsDecodeResult DecodeCiphertext(
        long seqNo, short recordType, Tls.ProtocolVersion recordVersion, byte[] ciphertext, int offset, int len)
    {
        if (len < Overhead)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.bad_record_mac);
        var body = ciphertext.AsSpan(offset, len);
        var start = offset + _explicitLength;
        var text = ciphertext.AsSpan(start, len - _explicitLength - RecordLayout.TagLength);
        Span<byte> nonce = stackalloc byte[RecordLayout.NonceLength];
        Span<byte> associated = stackalloc byte[sizeof(long) + RecordLayout.HeaderLength];
        WriteNonce(_keys.Receive, seqNo, body, nonce);
        var length = WriteAssociated(associated, seqNo, recordType, _isTls13 ? len : text.Length);
        if (!_opener.Open(nonce, associated[..length], body[_explicitLength..], text))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.bad_record_mac);
        var type = recordType;
        var count = text.Length;
        if (_isTls13)
        {
            // Behind the content stand its type and zeros (RFC 9846, section 5.4).
            count = text.LastIndexOfAnyExcept((byte)0);
            type = count < 0 ? throw new Tls.TlsFatalAlert(Tls.AlertDescription.unexpected_message) : text[count];
        }

        if (type == Tls.ContentType.alert && count != AlertLength)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.unexpected_message);
        if (type == Tls.ContentType.handshake)
            _bytes.Bring(count);
        return new TlsDecodeResult(ciphertext, start, count, type);
    }

    public void RekeyDecoder() => throw new Tls.TlsFatalAlert(Tls.AlertDescription.internal_error);

    public void RekeyEncoder() => throw new Tls.TlsFatalAlert(Tls.AlertDescription.internal_error);

    public void Dispose()
    {
        _sealer.Dispose();
        _opener.Dispose();
        _keys.Dispose();
    }

    private void WriteNonce(TrafficKeys keys, long sequence, ReadOnlySpan<byte> body, Span<byte> nonce)
    {
        keys.Iv.CopyTo(nonce);
        var rest = nonce[RecordLayout.SaltLength..];
        if (_explicitLength > 0)
            body[.._explicitLength].CopyTo(rest);
        else
            BinaryPrimitives.WriteInt64BigEndian(rest, BinaryPrimitives.ReadInt64BigEndian(rest) ^ sequence);
    }

    /// <summary>The record's header in TLS 1.3; in TLS 1.2 its number, and a header with the length of the plaintext.</summary>
    private int WriteAssociated(Span<byte> associated, long sequence, short type, int length)
    {
        var start = _isTls13 ? 0 : sizeof(long);
        if (!_isTls13)
            BinaryPrimitives.WriteInt64BigEndian(associated, sequence);
        (associated[start], associated[start + 1], associated[start + 2]) = ((byte)type, 3, 3);
        BinaryPrimitives.WriteUInt16BigEndian(associated[(start + 3)..], (ushort)length);
        return start + RecordLayout.HeaderLength;
    }
}
