using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Reads the content of one response at a time, as far as its protocol sends it: the whole body, a part of it, or several. The
/// protocol pulls, so a client that takes nothing slows down the producer of its own body alone.</summary>
internal sealed class BodyReader : IBodySubscriber
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _pool;
    private readonly IBodyReaderOwner _owner;

    // The first byte still to be sent, in whatever order: the one word of a life that another thread reads, so it is published by
    // Volatile. MoveTo alone writes it; the body's producer drops what precedes it and goes only so far ahead.
    private long _needed;

    // The next byte that is read; the loop's thread alone.
    private long _offset;
    private BodyReaderLife _life;

    /// <param name="pool">Memory for the lines between parts.</param>
    public BodyReader(EventLoop loop, SegmentPool pool, IBodyReaderOwner owner)
    {
        _loop = loop;
        _pool = pool;
        _owner = owner;
    }

    /// <summary>The response that was taken over.</summary>
    public Response Held => _life.Response ?? throw new InvalidOperationException("No response is held.");

    /// <summary>The body of the response that is held, if one is.</summary>
    public Body? Body => _life.Response?.Body;

    /// <summary>Whether bytes are read at all.</summary>
    public bool HasBody => _life.HasBody;

    /// <summary>Bytes of the content, or null where they aren't known.</summary>
    public long? Length => _life.Length;

    /// <summary>Nothing but the end of the connection ends the body in HTTP/1.0: its length wasn't known when the reader began. The head
    /// tells that length, whatever has arrived since.</summary>
    public bool IsUnbounded => Length is null || Held.Body.TotalLength is null;

    /// <summary>The several parts that are read; null otherwise.</summary>
    public MultipartRanges? Multipart => _life.Multipart;

    /// <summary>Bytes of the content that have left by now.</summary>
    public SentBody Sent => _life.SentUpTo(_offset);

    public long BodyOffset => Volatile.Read(ref _needed);

    /// <summary>Goes to the beginning, before another thread may name it as a reader.</summary>
    public void Rewind() => MoveTo(0);

    /// <summary>Takes an acquired response over before anything is decided about it, so that <see cref="Release"/> gives it back whatever
    /// happens.</summary>
    /// <param name="response">One reference passes to the reader.</param>
    /// <param name="isReader">It is among the readers of the body; it takes itself out at the end.</param>
    public void Hold(Response response, bool isReader)
    {
        _life.Response = response;
        _life.IsReader = isReader;
    }

    /// <summary>Waits, since what arrives decides how much is read; <see cref="TryBegin"/> ends that.</summary>
    public void Await() => Subscribe();

    /// <summary>Begins to read the response held.</summary>
    /// <param name="part">How much of it.</param>
    /// <param name="isBodyWanted">False for HEAD.</param>
    /// <returns>False when there is no memory for the lines between parts.</returns>
    public bool TryBegin(in ResponsePart part, bool isBodyWanted)
    {
        Unsubscribe();
        var response = Held;
        if (part.Several is { } parts)
        {
            _life.Multipart = MultipartRanges.TryCreate(_pool, parts, response.ContentType, response.Body.TotalLength!.Value);
            if (_life.Multipart is null)
                return false;
        }

        _life.Start = part.Start;
        MoveTo(part.Start);
        _life.End = part.Length < 0 ? long.MaxValue : part.Start + part.Length;
        _life.HasBody = isBodyWanted && response.MayHaveBody && _life.End > _offset;
        _life.Length = part.IsWhole ? response.Body.TotalLength : _life.Multipart?.Length ?? (part.Length < 0 ? null : part.Length);
        // Subscribed before the first pull: what arrives between them is told, or found by the pull.
        if (_life.HasBody && !response.Body.IsComplete)
            Subscribe();
        return true;
    }

    /// <summary>Pulls the next bytes. They count as read once <see cref="Advance"/> is told so.</summary>
    /// <param name="maximum">Bytes of the body at most.</param>
    public BodyStep Read(int maximum, out BodySlice slice)
    {
        slice = default;
        if (!_life.HasBody)
            return BodyStep.End;
        if (_life.Multipart is { } all && _life.Part == all.Count)
        {
            slice = new BodySlice(all.LinesBefore(_life.Part), default, IsLast: true);
            return BodyStep.Bytes;
        }

        var body = _life.Response!.Body;
        switch (body.Read(_offset, (int)Math.Min(maximum, _life.End - _offset), out var bytes))
        {
            case BodyRead.Available when _life.Multipart is { } multipart:
                slice = new BodySlice(_life.HasBegunPart ? default : multipart.LinesBefore(_life.Part), bytes, IsLast: false);
                _life.HasBegunPart = true;
                return BodyStep.Bytes;
            case BodyRead.Available:
                // The end is known at once where the whole is there: no further turn only to see it.
                var end = _offset + bytes.Length;
                slice = new BodySlice(default, bytes, end == _life.End || (body.IsComplete && end == body.Available));
                return BodyStep.Bytes;
            case BodyRead.NotYet when !_life.IsBeyondWindow(_offset, _needed):
                return BodyStep.NotYet;
            case BodyRead.End:
                return BodyStep.End;
            default:
                Unsubscribe();
                return BodyStep.Cut;
        }
    }

    /// <summary>The client's side has taken bytes.</summary>
    /// <param name="count">Bytes of the body.</param>
    public void Advance(int count)
    {
        MoveTo(_offset + count);
        if (_life.Multipart is not { } multipart || _life.Part == multipart.Count || _offset != _life.End)
            return;
        _life.Part++;
        _life.HasBegunPart = false;
        if (_life.Part == multipart.Count)
            return;
        MoveTo(multipart.Part(_life.Part).Start);
        _life.End = multipart.Part(_life.Part).End;
    }

    public void OnBodyProgress()
    {
        _life.NoteProgress(_loop.Now);
        _owner.OnBodyProgress();
    }

    public void OnFault() => _owner.OnFault();

    /// <summary>The one place where the life of a response ends; none of its bytes may be in flight any more.</summary>
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
        life.Multipart?.Release();
    }

    /// <summary>The one place where the reader moves. The producer may wait for just that, so every move is reported.</summary>
    private void MoveTo(long offset)
    {
        _offset = offset;
        Volatile.Write(
            ref _needed, _life.Multipart is { } multipart ? Math.Min(offset, multipart.FirstNeededFrom(_life.Part + 1)) : offset);
        _life.Response?.Body.ReportProgress();
    }

    private void Subscribe() => _life.Subscription = Held.Body.Subscribe(_loop, this);

    private void Unsubscribe()
    {
        _life.Subscription?.Remove(this);
        _life.Subscription = null;
    }
}
