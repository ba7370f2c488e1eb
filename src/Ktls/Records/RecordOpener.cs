using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Records;

/// <summary>Opens the records of one direction in user space.</summary>
internal sealed class RecordOpener : IDisposable
{
    private readonly TrafficKeys _keys;
    private readonly Aead _aead;
    private readonly int _plaintextMaximum;
    private readonly KeyLimit _limit;
    private RecordCipher _cipher;

    /// <param name="keys">Stay with their owner, who disposes them.</param>
    public RecordOpener(
        TlsVersion version, CipherSuite suite, TrafficKeys keys, RecordRequirements requirements = default, KeyLimit limit = default)
    {
        _limit = limit;
        _plaintextMaximum = requirements.PlaintextMaximum;
        _keys = keys;
        _aead = suite.Aead();
        Format = new RecordFormat(version, _aead);
        _cipher = RecordCipher.CreateOpener(_aead, keys.Key);
    }

    public RecordFormat Format { get; }

    /// <summary>Whether the keys have protected so much that the peer is to change them.</summary>
    public bool IsNearKeyLimit => _limit.IsNear(_keys.Sequence);

    /// <summary>The whole length of the record that begins here, as far as its header can be believed.</summary>
    /// <param name="header">At least five bytes.</param>
    /// <param name="alert">What is wrong with it, or <see cref="TlsAlert.CloseNotify"/> for nothing.</param>
    public int LengthOf(ReadOnlySpan<byte> header, out TlsAlert alert)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        alert = TlsAlert.CloseNotify;
        if (header[1] != 3 || (Format.IsTls13 && header[0] != (byte)ContentType.ApplicationData) || header[0] is < 20 or > 23)
            alert = TlsAlert.UnexpectedMessage;
        else if (length > Format.CiphertextMaximum)
            alert = TlsAlert.RecordOverflow;
        return RecordFormat.HeaderLength + length;
    }

    /// <summary>Opens a whole record.</summary>
    /// <param name="destination">At least as long as the record.</param>
    /// <param name="length">Bytes of plaintext.</param>
    /// <param name="alert">Why it can't be opened, when the result is <see cref="ContentType.None"/>.</param>
    public ContentType Open(ReadOnlySpan<byte> record, Span<byte> destination, out int length, out TlsAlert alert)
    {
        length = 0;
        alert = TlsAlert.BadRecordMac;
        var format = Format;
        var start = RecordFormat.HeaderLength + format.PrefixLength;
        if (record.Length < start + RecordFormat.TagLength)
            return ContentType.None;
        if (!_limit.AllowsLast(_keys.Sequence))
        {
            alert = TlsAlert.InternalError;
            return ContentType.None;
        }

        var type = (ContentType)record[0];
        var opened = record.Length - start - RecordFormat.TagLength;
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        Span<byte> additional = stackalloc byte[RecordFormat.AdditionalMaximum];
        format.WriteNonce(nonce, _keys, record[RecordFormat.HeaderLength..start]);
        var additionalLength = format.WriteAdditional(
            additional, _keys.Sequence, type, format.IsTls13 ? record.Length - RecordFormat.HeaderLength : opened);
        if (!_cipher.Open(nonce, additional[..additionalLength], record[start..], destination))
            return ContentType.None;
        _keys.Sequence++;
        if (format.IsTls13)
        {
            // Content, type and padding together are limited (RFC 9846, section 5.4).
            if (opened > _plaintextMaximum + 1)
            {
                alert = TlsAlert.RecordOverflow;
                return ContentType.None;
            }

            // The last byte that isn't padding is the content type; padding alone is no record (RFC 9846, section 5.4).
            var last = destination[..opened].LastIndexOfAnyExcept((byte)0);
            if (last < 0)
            {
                alert = TlsAlert.UnexpectedMessage;
                return ContentType.None;
            }

            type = (ContentType)destination[last];
            opened = last;
        }

        length = opened;
        alert = TlsAlert.RecordOverflow;
        return opened > _plaintextMaximum ? ContentType.None : type;
    }

    /// <summary>Goes to the next keys (RFC 9846, section 7.2).</summary>
    public void Update()
    {
        _keys.Update();
        _cipher.Dispose();
        _cipher = RecordCipher.CreateOpener(_aead, _keys.Key);
    }

    public void Dispose() => _cipher.Dispose();
}
