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

    private readonly SessionKeys _keys;
    private readonly HandshakeBytes _bytes;
    private readonly RecordCipher _sealer;
    private readonly RecordCipher _opener;
    private readonly RecordFormat _format;

    /// <param name="keys">Become the cipher's.</param>
    public DelegatedCipher(SessionKeys keys, HandshakeBytes bytes)
    {
        _keys = keys;
        _bytes = bytes;
        var aead = keys.Suite.Aead();
        _sealer = RecordCipher.CreateSealer(aead, keys.Transmit.Key);
        _opener = RecordCipher.CreateOpener(aead, keys.Receive.Key);
        _format = new RecordFormat(keys.Version, aead);
    }

    public bool UsesOpaqueRecordType => _format.IsTls13;

    // BouncyCastle writes the header.
    private int Overhead => _format.Overhead - RecordFormat.HeaderLength;

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
        var (prefix, keys) = (_format.PrefixLength, _keys.Transmit);
        // Its sequence number is a nonce that no other record of the key has.
        if (prefix > 0)
            BinaryPrimitives.WriteInt64BigEndian(body, seqNo);
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        Span<byte> additional = stackalloc byte[RecordFormat.AdditionalMaximum];
        keys.Sequence = (ulong)seqNo;
        _format.WriteNonce(nonce, keys, body[..prefix]);
        var type = (ContentType)contentType;
        var length = _format.WriteAdditional(additional, keys.Sequence, type, UsesOpaqueRecordType ? body.Length : plaintext.Length);
        ReadOnlySpan<byte> trailer = UsesOpaqueRecordType ? [(byte)type] : [];
        _sealer.Seal(nonce, additional[..length], plaintext, trailer, body[prefix..]);
        return new TlsEncodeResult(record, 0, record.Length, UsesOpaqueRecordType ? Tls.ContentType.application_data : contentType);
    }

    public TlsDecodeResult DecodeCiphertext(
        long seqNo, short recordType, Tls.ProtocolVersion recordVersion, byte[] ciphertext, int offset, int len)
    {
        if (len < Overhead)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.bad_record_mac);
        var body = ciphertext.AsSpan(offset, len);
        var (prefix, keys) = (_format.PrefixLength, _keys.Receive);
        var start = offset + prefix;
        var text = ciphertext.AsSpan(start, len - prefix - RecordFormat.TagLength);
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        Span<byte> additional = stackalloc byte[RecordFormat.AdditionalMaximum];
        keys.Sequence = (ulong)seqNo;
        _format.WriteNonce(nonce, keys, body[..prefix]);
        var length = _format.WriteAdditional(
            additional, keys.Sequence, (ContentType)recordType, UsesOpaqueRecordType ? len : text.Length);
        if (!_opener.Open(nonce, additional[..length], body[prefix..], text))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.bad_record_mac);
        var type = recordType;
        var count = text.Length;
        if (UsesOpaqueRecordType)
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
}
