namespace TlsProxy.Ktls.Records;

/// <summary>Puts the session tickets together that a server of TLS 1.3 sends behind the handshake (RFC 9846, section 4.7.1). Messages may
/// be cut over records, and records may hold several.</summary>
internal sealed class TicketReader
{
    /// <summary>Bytes of a message at most; a longer one is skipped, as a client may do with any. Tickets have some hundred bytes, or some
    /// KiB where they hold a client's certificate.</summary>
    public const int Maximum = 16 * 1024;

    private const int HeaderLength = 4;

    private readonly byte[] _header = new byte[HeaderLength];
    private int _headerLength;

    // Of the message that is cut: how much of it is missing, and where its bytes wait unless it is skipped.
    private int _missing;
    private byte[] _message = [];

    /// <summary>Whether a ticket has begun and not ended.</summary>
    public bool IsCut => _headerLength > 0;

    /// <summary>Takes the bytes of a ticket off the front of handshake content.</summary>
    /// <param name="message">The whole message, until the next call; empty while it is cut, and for one that is skipped.</param>
    /// <returns>False when the content is empty or goes on with a message of another type.</returns>
    public bool TryTake(ref ReadOnlySpan<byte> content, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (content.IsEmpty || (!IsCut && content[0] != (byte)HandshakeType.NewSessionTicket))
            return false;
        // The whole message in one record needs no memory.
        if (!IsCut && content.Length >= HeaderLength && LengthOf(content) <= content.Length)
        {
            var length = LengthOf(content);
            message = length <= Maximum ? content[..length] : default;
            content = content[length..];
            return true;
        }

        if (_headerLength < HeaderLength && !TryFillHeader(ref content))
            return true;
        Fill(ref content);
        if (_missing > 0)
            return true;
        message = _message;
        Reset();
        return true;
    }

    public void Reset()
    {
        Array.Clear(_header);
        _headerLength = 0;
        _missing = 0;
        _message = [];
    }

    private static int LengthOf(ReadOnlySpan<byte> header) => HeaderLength + ((header[1] << 16) | (header[2] << 8) | header[3]);

    private bool TryFillHeader(ref ReadOnlySpan<byte> content)
    {
        var taken = Math.Min(content.Length, HeaderLength - _headerLength);
        content[..taken].CopyTo(_header.AsSpan(_headerLength));
        _headerLength += taken;
        content = content[taken..];
        if (_headerLength < HeaderLength)
            return false;
        var length = LengthOf(_header);
        _missing = length - HeaderLength;
        _message = length <= Maximum ? new byte[length] : [];
        _header.AsSpan(0, Math.Min(HeaderLength, _message.Length)).CopyTo(_message);
        return true;
    }

    private void Fill(ref ReadOnlySpan<byte> content)
    {
        var taken = Math.Min(content.Length, _missing);
        if (_message.Length > 0)
            content[..taken].CopyTo(_message.AsSpan(_message.Length - _missing));
        _missing -= taken;
        content = content[taken..];
    }
}
