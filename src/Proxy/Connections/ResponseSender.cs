using System.Buffers.Text;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections;

/// <summary>Who is told how a response ended.</summary>
internal interface IResponseOwner
{
    /// <summary>The whole response has left.</summary>
    void OnResponseSent();

    /// <summary>The response can't be finished; the client must not take what it has for the whole.</summary>
    void OnResponseCut();

    /// <summary>More of the body has arrived of which it wasn't decided yet how much is sent.</summary>
    void OnUndecidedProgress();
}

/// <summary>Sends one response at a time: pulls its body and sends each range from where it lies, the head together with the first.</summary>
internal sealed class ResponseSender : IBodySubscriber
{
    private const int RangeBytes = 1 << 20;

    // The head's segment begins with what follows a chunk, so that it lies in native memory too.
    private const int CrlfLength = 2;
    private const int ChunkLineBytes = 20;

    private readonly EventLoop _loop;
    private readonly RecordChannel _channel;
    private readonly SegmentStock _segments;
    private readonly IResponseOwner _owner;
    private readonly ReadOnlyMemory<byte> _debugField;
    private StoredResponse? _response;
    private Segment? _head;
    private int _headLength;
    private long _offset;
    private int _inFlight;
    private bool _chunked;
    private bool _hasBody;
    private bool _subscribed;
    private bool _isReader;
    private bool _ended;
    private bool _closes;
    private long _end;
    private MultipartRanges? _multipart;
    private int _part;
    private bool _partBegun;
    private bool _undecided;

    /// <param name="debugField">The name of the field that tells why the cache did what it did; empty for none.</param>
    public ResponseSender(EventLoop loop, RecordChannel channel, SegmentStock segments, IResponseOwner owner, ReadOnlyMemory<byte> debugField)
    {
        _debugField = debugField;
        _loop = loop;
        _channel = channel;
        _segments = segments;
        _owner = owner;
    }

    /// <summary>Whether the response waits for bytes of its source rather than for the client.</summary>
    public bool WaitsForBody => _response is not null && !_channel.IsSending;

    public long BodyOffset => Volatile.Read(ref _offset);

    /// <summary>Field lines that each response gets, with their CRLF.</summary>
    public ReadOnlyMemory<byte> AddedFields { get; set; }

    /// <summary>The client takes trailers after a chunked body.</summary>
    public bool AcceptsTrailers { get; set; }

    /// <summary>Goes to the beginning, before another thread may name the sender as a reader.</summary>
    public void Rewind() => Volatile.Write(ref _offset, 0);

    /// <summary>Holds a response of which it depends on what arrives how much is sent; its owner is told of all progress until <see cref="Decide"/>.</summary>
    /// <param name="response">One reference passes to the sender, which is among the readers of the body.</param>
    public void Await(StoredResponse response)
    {
        _response = response;
        _isReader = true;
        _undecided = true;
        response.Body.Subscribe(_loop, this);
        _subscribed = true;
    }

    /// <summary>The response that waits for the decision.</summary>
    public StoredResponse Undecided => _undecided ? _response! : throw new InvalidOperationException("No response waits.");

    /// <summary>Gives the response and its place among the readers back to the owner, who begins it now.</summary>
    public StoredResponse Decide()
    {
        var response = Undecided;
        Unsubscribe();
        _undecided = false;
        _response = null;
        return response;
    }

    /// <summary>Begins a response.</summary>
    /// <param name="response">One reference passes to the sender.</param>
    /// <param name="part">How much of it.</param>
    /// <param name="isReader">The sender is among the readers of the body; it takes itself out at the end.</param>
    /// <param name="bodyWanted">False for HEAD.</param>
    /// <param name="note">How the cache came to it.</param>
    /// <returns>False when there is no memory for the head; the reference has been dropped then.</returns>
    public bool TryStart(
        StoredResponse response, in ResponsePart part, bool isReader, HttpVersion version, bool keepAlive, bool bodyWanted, long unixSeconds, in CacheNote note)
    {
        _isReader = isReader;
        _closes = !keepAlive;
        _response = response;
        if (part.Several is { } parts)
            _multipart = MultipartRanges.TryCreate(_segments.Pool, parts, response.ContentType, response.Body.TotalLength!.Value);
        _head = _segments.TryRent(CrlfLength + response.HeadBytesMaximum + AddedFields.Length + _debugField.Length + ChunkLineBytes);
        if (_head is not { } head || (part.Several is not null && _multipart is null))
        {
            Release();
            return false;
        }

        Volatile.Write(ref _offset, part.Start);
        _end = part.Length < 0 ? long.MaxValue : part.Start + part.Length;
        _inFlight = 0;
        _part = 0;
        _partBegun = false;
        _ended = false;
        _hasBody = bodyWanted && response.MayHaveBody && _end > _offset;
        var length = part.IsWhole ? response.Body.TotalLength : _multipart?.Length ?? (part.Length < 0 ? null : part.Length);
        _chunked = length is null && version == HttpVersion.Http11;
        "\r\n"u8.CopyTo(head.Memory.Span);
        var context = new HeadContext(unixSeconds, version, keepAlive, length, _chunked, part, note, _debugField)
        {
            AddedFields = AddedFields,
            Multipart = _multipart,
        };
        _headLength = response.WriteHead(head.Memory.Span[CrlfLength..], context);
        if (_hasBody && !response.Body.IsComplete)
        {
            response.Body.Subscribe(_loop, this);
            _subscribed = true;
        }

        Pump();
        return true;
    }

    /// <summary>Goes on after the channel has sent a range.</summary>
    public void OnSent()
    {
        Volatile.Write(ref _offset, _offset + _inFlight);
        _inFlight = 0;
        _response!.Body.ReportProgress();
        if (_ended)
            Finish();
        else if (_multipart is not null && _offset == _end)
            NextPart(_multipart);
        else
            Pump();
    }

    public void OnBodyProgress()
    {
        if (_channel.IsSending || !_channel.IsOpen)
            return;
        if (_undecided)
            _owner.OnUndecidedProgress();
        else
            Pump();
    }

    /// <summary>Lets go of everything; nothing may be in flight any more.</summary>
    public void Release()
    {
        if (_response is not { } response)
            return;
        Unsubscribe();
        _response = null;
        _undecided = false;
        if (_isReader)
            response.Body.RemoveReader(this);
        response.Release();
        if (_head is not null)
            _segments.Return(_head);
        _head = null;
        _multipart?.Release();
        _multipart = null;
    }

    private void Pump()
    {
        if (!_hasBody)
        {
            _ended = true;
            Send(TakeHead());
            return;
        }

        switch (_response!.Body.Read(_offset, (int)Math.Min(RangeBytes, _end - _offset), out var slice))
        {
            case BodyRead.Available:
                SendRange(slice);
                break;
            case BodyRead.NotYet when _headLength > 0:
                Send(TakeHead());
                break;
            case BodyRead.NotYet:
                break;
            case BodyRead.End:
                SendEnd();
                break;
            default:
                Unsubscribe();
                _owner.OnResponseCut();
                break;
        }
    }

    private void SendRange(NativeSlice slice)
    {
        _inFlight = slice.Length;
        if (_multipart is { } multipart)
        {
            var lines = _partBegun ? default : multipart.LinesBefore(_part);
            _partBegun = true;
            Send(TakeHead(), lines, slice);
            return;
        }

        if (!_chunked)
        {
            var body = _response!.Body;
            // The end is known at once where the whole is there: no further turn only to see it.
            _ended = _offset + slice.Length == _end || (body.IsComplete && _offset + slice.Length == body.Available);
            Send(TakeHead(), slice);
            return;
        }

        Send(TakeHead((uint)slice.Length), slice, _head!.Memory.Slice(0, CrlfLength));
    }

    /// <summary>Goes on with the part behind the one that has left, or with what ends the message.</summary>
    private void NextPart(MultipartRanges multipart)
    {
        _part++;
        _partBegun = false;
        if (_part == multipart.Count)
        {
            _ended = true;
            Send(multipart.LinesBefore(_part));
            return;
        }

        Volatile.Write(ref _offset, multipart.Part(_part).Start);
        _end = multipart.Part(_part).End;
        Pump();
    }

    private void SendEnd()
    {
        _ended = true;
        var trailers = _response!.Body.Trailers;
        if (_chunked && AcceptsTrailers && !trailers.IsEmpty)
            Send(TakeHead(0), trailers, _head!.Memory.Slice(0, CrlfLength));
        else if (_chunked)
            Send(TakeHead(0), _head!.Memory.Slice(0, CrlfLength));
        else if (_headLength > 0)
            Send(TakeHead());
        else
            Finish();
    }

    /// <summary>What ends the response also ends the connection, unless that is kept.</summary>
    private void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default) =>
        _channel.Send(first, second, third, isLast: _ended && _closes);

    /// <summary>The head, if it hasn't left yet.</summary>
    private NativeSlice TakeHead()
    {
        var head = _head!.Memory.Slice(CrlfLength, _headLength);
        _headLength = 0;
        return head;
    }

    /// <summary>The head, if it hasn't left yet, and the line before a chunk; a chunk of size 0 is the last, before trailers and an empty line (RFC 9112,
    /// section 7.1).</summary>
    private NativeSlice TakeHead(uint chunkSize)
    {
        var line = _head!.Memory.Span[(CrlfLength + _headLength)..];
        Utf8Formatter.TryFormat(chunkSize, line, out var written, new System.Buffers.StandardFormat('x'));
        "\r\n"u8.CopyTo(line[written..]);
        _headLength += written + CrlfLength;
        return TakeHead();
    }

    private void Finish()
    {
        Release();
        _owner.OnResponseSent();
    }

    private void Unsubscribe()
    {
        if (_subscribed)
            _response!.Body.Unsubscribe(_loop, this);
        _subscribed = false;
    }
}
