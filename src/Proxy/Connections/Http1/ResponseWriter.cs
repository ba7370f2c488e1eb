using System.Buffers.Text;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>Writes one response at a time as an HTTP/1.1 message (RFC 9112): pulls its content and sends each range from where it lies, the
/// head together with the first.</summary>
internal sealed class ResponseWriter
{
    // A range is sent as a whole before the next is pulled: large enough for few operations, small enough for a look at slow readers.
    private const int RangeBytes = 1 << 20;

    // The head's segment begins with what follows a chunk, so that it lies in native memory too.
    private const int CrlfLength = 2;
    private const int ChunkLineBytes = 20;

    private readonly RecordChannel _channel;
    private readonly SegmentStock _segments;
    private readonly BodyReader _reader;
    private readonly IResponseOwner _owner;
    private readonly ReadOnlyMemory<byte> _debugField;
    private ResponseWriterLife _life;

    /// <param name="reader">Holds the response.</param>
    /// <param name="debugField">The name of the field that tells why the cache did what it did; empty for none.</param>
    public ResponseWriter(
        RecordChannel channel, SegmentStock segments, BodyReader reader, IResponseOwner owner, ReadOnlyMemory<byte> debugField)
    {
        _channel = channel;
        _segments = segments;
        _reader = reader;
        _owner = owner;
        _debugField = debugField;
    }

    /// <summary>Begins the response that the reader has begun to read.</summary>
    /// <param name="part">How much of it.</param>
    /// <param name="note">How the cache came to it.</param>
    /// <returns>False when there is no memory for the head.</returns>
    public bool TryStart(in ResponsePart part, in ResponseTerms terms, in CacheNote note)
    {
        var response = _reader.Held;
        _life.Head = _segments.TryRent(
            CrlfLength + Http1Head.BytesMaximum(response) + terms.AddedFields.Length + _debugField.Length + ChunkLineBytes);
        if (_life.Head is not { } head)
            return false;
        _life.Closes = !terms.KeepAlive;
        _life.AcceptsTrailers = terms.AcceptsTrailers;
        _life.IsChunked = _reader.Length is null && terms.Version == HttpVersion.Http11;
        "\r\n"u8.CopyTo(head.Memory.Span);
        var context = new HeadContext(
            terms.UnixSeconds, terms.Version, terms.KeepAlive, _reader.Length, _life.IsChunked, part, note, _debugField)
        {
            AddedFields = terms.AddedFields,
            Multipart = _reader.Multipart,
        };
        _life.HeadLength = Http1Head.Write(head.Memory.Span[CrlfLength..], response, context);
        _channel.BeginResponse(_reader.HasBody ? _reader.Length : 0);
        Pump();
        return true;
    }

    /// <summary>Sends an interim response (RFC 9110, section 15.2), which precedes the final one.</summary>
    /// <param name="bytes">The whole message; it stays until it has left.</param>
    public void SendInterim(NativeSlice bytes)
    {
        _life.IsInterim = true;
        _channel.Send([bytes]);
    }

    /// <summary>Sends interim responses, one behind the other.</summary>
    /// <returns>False when there is no memory for them.</returns>
    public bool TrySendInterims(ReadOnlySpan<InterimResponse> responses)
    {
        var length = 0;
        foreach (var response in responses)
            length += Http1Head.BytesMaximum(response);
        _life.Head = _segments.TryRent(length);
        if (_life.Head is not { } heads)
            return false;
        length = 0;
        foreach (var response in responses)
            length += Http1Head.Write(heads.Memory.Span[length..], response);
        SendInterim(heads.Memory.Slice(0, length));
        return true;
    }

    /// <summary>Ends interim responses that the channel has sent.</summary>
    /// <returns>False where that was no interim one.</returns>
    public bool TryEndInterim()
    {
        if (!_life.IsInterim)
            return false;
        Release();
        return true;
    }

    /// <summary>Goes on after the channel has sent a range.</summary>
    public void OnSent()
    {
        var taken = _life.InFlight;
        _life.InFlight = 0;
        _reader.Advance(taken);
        if (_life.HasEnded)
            Finish();
        else
            Pump();
    }

    /// <summary>Goes on after bytes of the body have arrived.</summary>
    public void GoOn()
    {
        if (!_channel.IsSending && _channel.IsOpen)
            Pump();
    }

    /// <summary>The one place where the life of a response ends; nothing may be in flight any more.</summary>
    public void Release()
    {
        var head = _life.Head;
        _life = default;
        if (head is not null)
            _segments.Return(head);
    }

    private void Pump()
    {
        if (!_reader.HasBody)
        {
            _life.HasEnded = true;
            Send(TakeHead());
            return;
        }

        switch (_reader.Read(RangeBytes, out var slice))
        {
            case BodyStep.Bytes:
                SendRange(slice);
                break;
            case BodyStep.NotYet:
                if (_life.HeadLength > 0)
                    Send(TakeHead());
                break;
            case BodyStep.End:
                SendEnd();
                break;
            default:
                _owner.OnResponseCut();
                break;
        }
    }

    private void SendRange(in BodySlice slice)
    {
        _life.InFlight = slice.Bytes.Length;
        if (_life.IsChunked)
        {
            Send(TakeHead((uint)slice.Bytes.Length), slice.Bytes, _life.Head!.Memory.Slice(0, CrlfLength));
            return;
        }

        _life.HasEnded = slice.IsLast;
        Send(TakeHead(), slice.Lines, slice.Bytes);
    }

    private void SendEnd()
    {
        _life.HasEnded = true;
        var trailers = _reader.Held.Body.Trailers;
        if (_life.IsChunked && _life.AcceptsTrailers && !trailers.IsEmpty)
            Send(TakeHead(0), trailers, _life.Head!.Memory.Slice(0, CrlfLength));
        else if (_life.IsChunked)
            Send(TakeHead(0), _life.Head!.Memory.Slice(0, CrlfLength));
        else if (_life.HeadLength > 0)
            Send(TakeHead());
        else
            Finish();
    }

    /// <summary>The end of the response also ends the connection, unless that is kept.</summary>
    private void Send(params ReadOnlySpan<NativeSlice> ranges) => _channel.Send(ranges, isLast: _life.HasEnded && _life.Closes);

    /// <summary>The head, if it hasn't left yet.</summary>
    private NativeSlice TakeHead()
    {
        var head = _life.Head!.Memory.Slice(CrlfLength, _life.HeadLength);
        _life.HeadLength = 0;
        return head;
    }

    /// <summary>The head, if it hasn't left yet, and the line before a chunk; a chunk of size 0 is the last, before trailers and an empty
    /// line (RFC 9112, section 7.1).</summary>
    private NativeSlice TakeHead(uint chunkSize)
    {
        var line = _life.Head!.Memory.Span[(CrlfLength + _life.HeadLength)..];
        Utf8Formatter.TryFormat(chunkSize, line, out var written, new System.Buffers.StandardFormat('x'));
        "\r\n"u8.CopyTo(line[written..]);
        _life.HeadLength += written + CrlfLength;
        return TakeHead();
    }

    private void Finish()
    {
        Release();
        _owner.OnResponseSent();
    }
}
