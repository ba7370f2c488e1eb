using System.Buffers.Text;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections.Logging;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections;

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

    // The first byte still to be sent, in whatever order: the one word of a life that another thread reads. MoveTo alone writes it; the
    // body's producer drops what precedes it and goes only so far ahead.
    private long _needed;

    // The next byte that is sent; the loop's thread alone.
    private long _offset;
    private ResponseLife _life;

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
    public bool WaitsForBody => _life.Response is not null && !_channel.IsSending;

    /// <summary>The body of the response under way.</summary>
    public Body? Body => _life.Response?.Body;

    /// <summary>What has left of the body by now.</summary>
    public SentBody Sent => _life.SentUpTo(_offset);

    public long BodyOffset => Volatile.Read(ref _needed);

    /// <summary>Goes to the beginning, before another thread may name the sender as a reader.</summary>
    public void Rewind() => MoveTo(0);

    /// <summary>Takes an acquired response over before anything is decided about it, so that <see cref="Release"/> gives it back whatever
    /// happens.</summary>
    /// <param name="response">One reference passes to the sender.</param>
    /// <param name="isReader">The sender is among the readers of the body; it takes itself out at the end.</param>
    public void Hold(Response response, bool isReader)
    {
        _life.Response = response;
        _life.IsReader = isReader;
    }

    /// <summary>The response that was taken over.</summary>
    public Response Held => _life.Response ?? throw new InvalidOperationException("No response is held.");

    /// <summary>Waits since it depends on what arrives how much is sent; the owner is told of all progress until <see cref="Decide"/>.</summary>
    public void Await()
    {
        _life.IsUndecided = true;
        Held.Body.Subscribe(_loop, this);
        _life.IsSubscribed = true;
    }

    /// <summary>Waits no longer: the owner begins the response now.</summary>
    public void Decide()
    {
        Unsubscribe();
        _life.IsUndecided = false;
    }

    /// <summary>Begins the response held.</summary>
    /// <param name="part">How much of it.</param>
    /// <param name="note">How the cache came to it.</param>
    /// <returns>False when there is no memory for the head; the reference has been dropped then.</returns>
    public bool TryStart(in ResponsePart part, in ResponseTerms terms, in CacheNote note)
    {
        var response = Held;
        _life.Closes = !terms.KeepAlive;
        _life.AcceptsTrailers = terms.AcceptsTrailers;
        if (part.Several is { } parts)
            _life.Multipart = MultipartRanges.TryCreate(_segments.Pool, parts, response.ContentType, response.Body.TotalLength!.Value);
        _life.Head = _segments.TryRent(CrlfLength + response.HeadBytesMaximum + terms.AddedFields.Length + _debugField.Length + ChunkLineBytes);
        if (_life.Head is not { } head || (part.Several is not null && _life.Multipart is null))
        {
            Release();
            return false;
        }

        _life.Start = part.Start;
        MoveTo(part.Start);
        _life.End = part.Length < 0 ? long.MaxValue : part.Start + part.Length;
        _life.HasBody = terms.BodyWanted && response.MayHaveBody && _life.End > _offset;
        var length = part.IsWhole ? response.Body.TotalLength : _life.Multipart?.Length ?? (part.Length < 0 ? null : part.Length);
        _life.IsChunked = length is null && terms.Version == HttpVersion.Http11;
        "\r\n"u8.CopyTo(head.Memory.Span);
        var context = new HeadContext(terms.UnixSeconds, terms.Version, terms.KeepAlive, length, _life.IsChunked, part, note, _debugField)
        {
            AddedFields = terms.AddedFields,
            Multipart = _life.Multipart,
        };
        _life.HeadLength = response.WriteHead(head.Memory.Span[CrlfLength..], context);
        if (_life.HasBody && !response.Body.IsComplete)
        {
            response.Body.Subscribe(_loop, this);
            _life.IsSubscribed = true;
        }

        Pump();
        return true;
    }

    /// <summary>Goes on after the channel has sent a range.</summary>
    public void OnSent()
    {
        MoveTo(_offset + _life.InFlight);
        _life.InFlight = 0;
        if (_life.HasEnded)
            Finish();
        else if (_life.Multipart is not null && _offset == _life.End)
            NextPart(_life.Multipart);
        else
            Pump();
    }

    public void OnBodyProgress()
    {
        _life.NoteProgress(_loop.Now);
        if (_channel.IsSending || !_channel.IsOpen)
            return;
        if (_life.IsUndecided)
            _owner.OnUndecidedProgress();
        else
            Pump();
    }

    public void OnFault() => _owner.OnFault();

    /// <summary>The one place where the life of a response ends; nothing may be in flight any more.</summary>
    public void Release()
    {
        Unsubscribe();
        var life = _life;
        _life = default;
        if (life.Response is { } response)
        {
            if (life.IsReader)
                response.Body.RemoveReader(this);
            response.Release();
        }

        Rewind();
        if (life.Head is not null)
            _segments.Return(life.Head);
        life.Multipart?.Release();
    }

    private void Pump()
    {
        if (!_life.HasBody)
        {
            _life.HasEnded = true;
            Send(TakeHead());
            return;
        }

        switch (_life.Response!.Body.Read(_offset, (int)Math.Min(RangeBytes, _life.End - _offset), out var slice))
        {
            case BodyRead.Available:
                SendRange(slice);
                break;
            case BodyRead.NotYet when !_life.IsBeyondWindow(_offset, _needed):
                if (_life.HeadLength > 0)
                    Send(TakeHead());
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
        _life.InFlight = slice.Length;
        if (_life.Multipart is { } multipart)
        {
            var lines = _life.HasBegunPart ? default : multipart.LinesBefore(_life.Part);
            _life.HasBegunPart = true;
            Send(TakeHead(), lines, slice);
            return;
        }

        if (!_life.IsChunked)
        {
            var body = _life.Response!.Body;
            // The end is known at once where the whole is there: no further turn only to see it.
            _life.HasEnded = _offset + slice.Length == _life.End || (body.IsComplete && _offset + slice.Length == body.Available);
            Send(TakeHead(), slice);
            return;
        }

        Send(TakeHead((uint)slice.Length), slice, _life.Head!.Memory.Slice(0, CrlfLength));
    }

    /// <summary>Goes on with the part behind the one that has left, or with what ends the message.</summary>
    private void NextPart(MultipartRanges multipart)
    {
        _life.Part++;
        _life.HasBegunPart = false;
        if (_life.Part == multipart.Count)
        {
            _life.HasEnded = true;
            Send(multipart.LinesBefore(_life.Part));
            return;
        }

        MoveTo(multipart.Part(_life.Part).Start);
        _life.End = multipart.Part(_life.Part).End;
        Pump();
    }

    /// <summary>The one place where the sender moves. The producer may wait for just that, so every move is reported.</summary>
    private void MoveTo(long offset)
    {
        _offset = offset;
        Volatile.Write(
            ref _needed, _life.Multipart is { } multipart ? Math.Min(offset, multipart.FirstNeededFrom(_life.Part + 1)) : offset);
        _life.Response?.Body.ReportProgress();
    }

    private void SendEnd()
    {
        _life.HasEnded = true;
        var trailers = _life.Response!.Body.Trailers;
        if (_life.IsChunked && _life.AcceptsTrailers && !trailers.IsEmpty)
            Send(TakeHead(0), trailers, _life.Head!.Memory.Slice(0, CrlfLength));
        else if (_life.IsChunked)
            Send(TakeHead(0), _life.Head!.Memory.Slice(0, CrlfLength));
        else if (_life.HeadLength > 0)
            Send(TakeHead());
        else
            Finish();
    }

    /// <summary>What ends the response also ends the connection, unless that is kept.</summary>
    private void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default) =>
        _channel.Send(first, second, third, isLast: _life.HasEnded && _life.Closes);

    /// <summary>The head, if it hasn't left yet.</summary>
    private NativeSlice TakeHead()
    {
        var head = _life.Head!.Memory.Slice(CrlfLength, _life.HeadLength);
        _life.HeadLength = 0;
        return head;
    }

    /// <summary>The head, if it hasn't left yet, and the line before a chunk; a chunk of size 0 is the last, before trailers and an empty line (RFC 9112,
    /// section 7.1).</summary>
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
        var body = Sent;
        Release();
        _owner.OnResponseSent(body);
    }

    private void Unsubscribe()
    {
        if (_life.IsSubscribed)
            _life.Response!.Body.Unsubscribe(_loop, this);
        _life.IsSubscribed = false;
    }
}
