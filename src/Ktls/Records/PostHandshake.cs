using TlsProxy.Handshake;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Records;

/// <summary>What a record that isn't application data asks of us.</summary>
internal enum PostHandshakeStep : byte
{
    /// <summary>Nothing, or nothing yet.</summary>
    None,

    /// <summary>The peer sends no more.</summary>
    Ended,

    /// <summary>The peer's next record has new keys.</summary>
    UpdateReceive,

    /// <summary>The same, and it wants new keys of us too.</summary>
    UpdateBoth,

    /// <summary>The peer, of TLS 1.2, wants to negotiate again; it is told that this isn't done.</summary>
    Renegotiate,

    /// <summary>It has no place here; the connection ends with unexpected_message.</summary>
    Unexpected,

    /// <summary>Its length is wrong; the connection ends with decode_error.</summary>
    Malformed,

    /// <summary>A field has a value that isn't allowed; the connection ends with illegal_parameter.</summary>
    Illegal,

    /// <summary>The peer has given the connection up.</summary>
    Fatal,
}

/// <summary>Reads the alerts and handshake messages that come after the handshake (RFC 9846, sections 4.7.3 and 6). Messages may be cut
/// over records.</summary>
internal sealed class PostHandshake
{
    private const int HeaderLength = 4;
    private const int KeyUpdateLength = 5;
    private const byte CloseNotify = (byte)TlsAlert.CloseNotify;

    // Whatever its level, it is ignored: close_notify is to follow (RFC 9846, section 6.1).
    private const byte UserCanceled = 90;

    private readonly byte[] _message = new byte[KeyUpdateLength];
    private int _length;
    private int _skipped;

    public void Reset()
    {
        Array.Clear(_message);
        _length = 0;
        _skipped = 0;
    }

    /// <summary>Takes a record, or an empty one of data.</summary>
    /// <param name="isTls13">TLS 1.2 knows no message after the handshake but the wish for another.</param>
    /// <param name="role">Ours. A client's tickets are taken before.</param>
    public PostHandshakeStep Read(ContentType type, ReadOnlySpan<byte> content, bool isTls13, HandshakeRole role) => type switch
    {
        ContentType.ApplicationData => content.IsEmpty && !IsCut ? PostHandshakeStep.None : PostHandshakeStep.Unexpected,
        ContentType.Alert => ReadAlert(content, isTls13),
        ContentType.Handshake => isTls13 ? ReadHandshake(content) : ReadHello(content, RequestTo(role)),
        _ => PostHandshakeStep.Unexpected,
    };

    /// <summary>Whether a message has begun; no data may come before its end.</summary>
    public bool IsCut => _length > 0 || _skipped > 0;

    private static PostHandshakeStep ReadAlert(ReadOnlySpan<byte> content, bool isTls13)
    {
        if (content.Length != 2)
            return PostHandshakeStep.Unexpected;
        if (content[1] is CloseNotify or UserCanceled)
            return content[1] == CloseNotify ? PostHandshakeStep.Ended : PostHandshakeStep.None;
        return content[0] == (byte)AlertLevel.Warning && !isTls13 ? PostHandshakeStep.None : PostHandshakeStep.Fatal;
    }

    private PostHandshakeStep ReadHandshake(ReadOnlySpan<byte> content)
    {
        var taken = Math.Min(content.Length, KeyUpdateLength - _length);
        content[..taken].CopyTo(_message.AsSpan(_length));
        _length += taken;
        if (taken == 0 || _message[0] != (byte)HandshakeType.KeyUpdate)
            return PostHandshakeStep.Unexpected;
        if (_length >= HeaderLength && !_message.AsSpan(1, 3).SequenceEqual((ReadOnlySpan<byte>)[0, 0, 1]))
            return PostHandshakeStep.Malformed;
        if (_length < KeyUpdateLength)
            return PostHandshakeStep.None;
        _length = 0;
        // It is the last message under its keys, so nothing follows it in its record.
        if (taken < content.Length)
            return PostHandshakeStep.Unexpected;
        return _message[^1] switch
        {
            0 => PostHandshakeStep.UpdateReceive,
            1 => PostHandshakeStep.UpdateBoth,
            _ => PostHandshakeStep.Illegal,
        };
    }

    /// <summary>What the peer asks for another handshake with (RFC 5246, sections 7.4.1.1 and 7.4.1.2).</summary>
    private static HandshakeType RequestTo(HandshakeRole role) =>
        role == HandshakeRole.Client ? HandshakeType.HelloRequest : HandshakeType.ClientHello;

    /// <summary>Skips a hello of TLS 1.2, of which only type and length are looked at.</summary>
    private PostHandshakeStep ReadHello(ReadOnlySpan<byte> content, HandshakeType request)
    {
        if (content.IsEmpty)
            return PostHandshakeStep.Unexpected;
        if (_skipped == 0)
        {
            var taken = Math.Min(content.Length, HeaderLength - _length);
            content[..taken].CopyTo(_message.AsSpan(_length));
            _length += taken;
            content = content[taken..];
            if (_message[0] != (byte)request)
                return PostHandshakeStep.Unexpected;
            if (_length < HeaderLength)
                return PostHandshakeStep.None;
            _length = 0;
            _skipped = (_message[1] << 16) | (_message[2] << 8) | _message[3];
            if (request == HandshakeType.HelloRequest && _skipped > 0)
                return PostHandshakeStep.Malformed;
        }

        // Nothing may follow it: until it is answered there is no other message.
        if (content.Length > _skipped)
            return PostHandshakeStep.Unexpected;
        _skipped -= content.Length;
        return _skipped == 0 ? PostHandshakeStep.Renegotiate : PostHandshakeStep.None;
    }
}
