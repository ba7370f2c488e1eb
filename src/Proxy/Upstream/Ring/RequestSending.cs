using System.Buffers.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Sends one request on a connection: its head, and then its body as the client's bytes come, out of the memory that the client's
/// connection has written them to. Loop's thread only, but for what the body tells.</summary>
internal sealed class RequestSending : IRequestBodyReader
{
    // Size line of a chunk: 16 digits and CRLF; and what ends a chunk.
    private const int ChunkLineBytes = 18;

    // Its size line, and the end of the trailers.
    private const int LastChunkBytes = 5;

    private readonly SegmentPool _memory;
    private readonly OriginConnection _connection;
    private readonly OriginRequest _request;
    private readonly ISendingOwner _owner;
    private readonly Segment _own;
    private readonly int _headBytes;
    private readonly long _sentBefore;
    private Stage _stage;

    // What is being sent: of the proxy's own bytes, of the body's, and of the end of a chunk.
    private NativeSlice _before;
    private NativeSlice _pulled;
    private NativeSlice _after;
    private int _pulledBytes;
    private Segment? _trailers;
    private bool _isReleased;

    /// <param name="memory">Where trailers find room.</param>
    /// <param name="own">At least <see cref="BytesMaximum"/> bytes, whose reference passes over.</param>
    public RequestSending(OriginConnection connection, OriginRequest request, ISendingOwner owner, SegmentPool memory, Segment own)
    {
        _memory = memory;
        _connection = connection;
        _request = request;
        _owner = owner;
        _own = own;
        _sentBefore = connection.SentBytes;
        _headBytes = RequestHeadWriter.Write(own.Memory.Span, request);
    }

    private enum Stage : byte
    {
        Head,

        /// <summary>The origin is to ask for the body by 100 Continue.</summary>
        AwaitingLeave,
        AwaitingBody,
        Body,

        /// <summary>The last chunk leaves.</summary>
        LastChunk,
        Done,

        /// <summary>No more is sent: the connection takes nothing, or the origin wants nothing.</summary>
        Stopped,
    }

    /// <summary>Bytes of the proxy's own that a request needs.</summary>
    public static int BytesMaximum(OriginRequest request) => RequestHeadWriter.BytesMaximum(request) + ChunkLineBytes;

    /// <summary>The whole request has been sent.</summary>
    public bool IsDone => _stage == Stage.Done;

    /// <summary>The body waits for 100 Continue.</summary>
    public bool IsAwaitingLeave => _stage == Stage.AwaitingLeave;

    /// <summary>The client is waited for.</summary>
    public bool IsAwaitingBody => _stage == Stage.AwaitingBody;

    /// <summary>The connection has refused bytes of it, or the origin wants no more.</summary>
    public bool IsStopped => _stage == Stage.Stopped;

    /// <summary>The connection has taken a byte of it.</summary>
    public bool HasLeft => _connection.SentBytes > _sentBefore;

    public void Begin()
    {
        _before = _own.Memory.Slice(0, _headBytes);
        Submit();
    }

    /// <summary>The origin asks for the body, or isn't waited for any longer.</summary>
    public void Allow()
    {
        if (_stage == Stage.AwaitingLeave)
            PullOn();
    }

    /// <summary>The body can be pulled.</summary>
    public void GoOn()
    {
        if (_stage == Stage.AwaitingBody)
            PullOn();
    }

    /// <summary>The origin wants no more of the body.</summary>
    public void Stop()
    {
        if (!IsDone)
            _stage = Stage.Stopped;
    }

    public void OnSent(in TransportResult result)
    {
        if (IsStopped)
            return;
        if (!result.Succeeded && !result.IsTransient)
        {
            // The origin may have answered before it closed: whoever receives learns what became of the request.
            Stop();
            return;
        }

        Skip(result.Count);
        if (!_before.IsEmpty || !_pulled.IsEmpty || !_after.IsEmpty)
        {
            _owner.OnSendBegins();
            Submit();
            return;
        }

        AdvanceBody();
        OnStageSent();
    }

    /// <summary>Called by the body from any thread.</summary>
    public void OnReadable() => _owner.PostReadable();

    /// <summary>Gives back the memory; nothing is being sent any more.</summary>
    public void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        AdvanceBody();
        _own.Release();
        _trailers?.Release();
    }

    private void OnStageSent()
    {
        if (_stage == Stage.LastChunk || _request.Body is null)
        {
            _stage = Stage.Done;
            _owner.OnRequestSent();
        }
        else if (_stage == Stage.Head && _request.ExpectsContinue)
        {
            _stage = Stage.AwaitingLeave;
            _owner.OnLeaveAwaited();
        }
        else
        {
            PullOn();
        }
    }

    private void PullOn()
    {
        var body = _request.Body!;
        switch (body.TryPull(out var bytes))
        {
            case RequestBodyPull.Bytes:
                _stage = Stage.Body;
                _pulledBytes = bytes.Length;
                _pulled = bytes;
                if (body.Length is null)
                    FrameChunk(bytes.Length);
                _owner.OnSendBegins();
                Submit();
                break;
            case RequestBodyPull.NotYet:
                _stage = Stage.AwaitingBody;
                _owner.OnBodyAwaited();
                body.Subscribe(this);
                break;
            case RequestBodyPull.End when body.Length is null:
                _stage = Stage.LastChunk;
                _before = LastChunk(body.Trailers);
                _owner.OnSendBegins();
                Submit();
                break;
            case RequestBodyPull.End:
                _stage = Stage.Done;
                _owner.OnRequestSent();
                break;
            default:
                _stage = Stage.Stopped;
                _owner.OnBodyBroken();
                break;
        }
    }

    /// <summary>The head has left, so its memory is free for the lines around a chunk.</summary>
    private void FrameChunk(int length)
    {
        var line = _own.Memory.Span[..ChunkLineBytes];
        Utf8Formatter.TryFormat(length, line, out var digits, 'x');
        "\r\n"u8.CopyTo(line[digits..]);
        _before = _own.Memory.Slice(0, digits + 2);
        _after = _own.Memory.Slice(digits, 2);
    }

    /// <summary>The last chunk with the trailers behind it, which are left out where there is no memory for them: they only inform
    /// (RFC 9110, section 6.5.1).</summary>
    private NativeSlice LastChunk(FieldTable? trailers)
    {
        var needed = LastChunkBytes + (trailers is null ? 0 : RequestHeadWriter.BytesOf(trailers));
        if (needed > _own.Length)
            _trailers = _memory.TryRent(needed);
        var memory = (_trailers ?? _own).Memory;
        var writer = new HeadWriter(memory.Span);
        writer.Raw("0\r\n"u8);
        for (var i = 0; trailers is not null && i < trailers.Count && needed <= memory.Length; i++)
        {
            if (!_request.WithheldTrailers.Contains(trailers.Name(i)))
                writer.Field(trailers.Name(i), trailers.Value(i));
        }

        writer.End();
        return memory.Slice(0, writer.Length);
    }

    private void Submit()
    {
        if (_pulled.IsEmpty && _after.IsEmpty)
            _connection.Send(_before);
        else if (_before.IsEmpty && _after.IsEmpty)
            _connection.Send(_pulled);
        else
            _connection.Send(_before, _pulled, _after);
    }

    private void Skip(int count)
    {
        _before = Skip(_before, ref count);
        _pulled = Skip(_pulled, ref count);
        _after = Skip(_after, ref count);
    }

    private static NativeSlice Skip(NativeSlice slice, ref int count)
    {
        var skipped = Math.Min(count, slice.Length);
        count -= skipped;
        return slice.Slice(skipped);
    }

    /// <summary>The body's memory is its own again.</summary>
    private void AdvanceBody()
    {
        if (_pulledBytes == 0)
            return;
        var count = _pulledBytes;
        _pulledBytes = 0;
        _request.Body!.Advance(count);
    }
}
