using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Reads one answer off a connection and gives it to the sink: interim heads, the final head, the body. Bytes of a body whose
/// length is known are received where the sink keeps them. Loop's thread only.</summary>
internal sealed class AnswerReading
{
    // A receive that fills a buffer of the loop's says that more waits: the next one takes more at once.
    private const int ManyBytes = 4096;

    private readonly OriginConnection _connection;
    private readonly AnswerHeads _heads;
    private AnswerInput _input;
    private readonly SegmentPool _memory;
    private readonly WebSocketOffer? _offer;
    private readonly IReadingOwner _owner;
    private readonly SinkCalls _sink;
    private AnswerBody? _body;
    private bool _isBusy;
    private bool _isOver;

    public AnswerReading(OriginConnection connection, RingServices services, OriginRequest request, SinkCalls sink, IReadingOwner owner)
    {
        _connection = connection;
        _sink = sink;
        _owner = owner;
        _offer = request.WebSocket;
        _memory = services.Memory;
        _heads = new AnswerHeads(services, request);
        _input = new AnswerInput(services.Memory);
    }

    /// <summary>A byte of an answer has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The final head has gone to the sink.</summary>
    public bool HasHead => _body is not null;

    /// <summary>The sink has said to wait.</summary>
    public bool IsHeldUp => _body is { Waits: true };

    /// <summary>A receive has ended.</summary>
    public void OnReceived(in TransportResult result)
    {
        if (_isOver)
            return;
        if (!result.Succeeded)
        {
            if (!result.IsTransient)
                OnConnectionEnd(result.Error);
            else if (_body is { Direct.IsReserved: true } body)
                // Nothing has come, and the sink's room ends before it gives another.
                OnStep(body.TakeDirect(0));
            else
                Receive();
        }
        else if (result.Count == 0)
        {
            OnEndOfStream();
        }
        else
        {
            HasBegun = true;
            _isBusy = result.Count >= ManyBytes;
            if (_body is { Direct.IsReserved: true } body)
                OnStep(body.TakeDirect(result.Count));
            else
                Take(result);
        }
    }

    /// <summary>The sink takes bytes again.</summary>
    public void Resume()
    {
        if (_isOver || _body is not { Waits: true } body)
            return;
        body.Waits = false;
        Use(_input.Held, isHeld: true);
    }

    /// <summary>Nothing more is read.</summary>
    public void Stop() => _isOver = true;

    /// <summary>Gives back the memory; nothing is being received any more.</summary>
    public void Release()
    {
        _body?.Direct.Drop();
        _input.Release();
    }

    private void Take(in TransportResult result)
    {
        if (!result.Received.IsEmpty && _input.IsEmpty)
        {
            Use(result.Received, isHeld: false);
            return;
        }

        if (result.Received.IsEmpty)
            _input.Commit(result.Count);
        else if (!_input.TryAdd(result.Received))
            Fail(OriginFailure.Fault);
        if (!_isOver)
            Use(_input.Held, isHeld: true);
    }

    /// <summary>Uses bytes as far as it goes, holds the rest, and receives on.</summary>
    private void Use(ReadOnlySpan<byte> bytes, bool isHeld)
    {
        var consumed = 0;
        while (!_isOver && _body is null && TryReadHead(bytes[consumed..], out var count))
            consumed += count;
        if (_isOver)
            return;
        var step = AnswerStep.More;
        if (_body is { } body)
        {
            step = body.Take(bytes[consumed..], out var used);
            consumed += used;
        }

        if (isHeld)
            _input.Consume(consumed);
        var rest = bytes.Length - consumed;
        if (step == AnswerStep.Whole && rest > 0)
            step = AnswerStep.WholeWithSurplus;
        else if (!isHeld && rest > 0 && step is AnswerStep.More or AnswerStep.Wait && !_input.TryAdd(bytes[consumed..]))
            step = AnswerStep.NoMemory;
        OnStep(step);
    }

    /// <returns>False where no whole head is there, or nothing more is read.</returns>
    private bool TryReadHead(ReadOnlySpan<byte> bytes, out int consumed)
    {
        switch (_heads.Read(bytes, out var head, out consumed))
        {
            case ParseStatus.Refused:
                Fail(OriginFailure.Malformed);
                return false;
            case ParseStatus.NeedMore:
                return false;
        }

        if (head!.Status == 101)
        {
            Switch(head, bytes[consumed..]);
        }
        else if (head.Status == 100)
        {
            _owner.OnContinue();
        }
        else if (head.Status < 200)
        {
            _sink.OnInterim(head);
        }
        else
        {
            // The head is the sink's afterwards.
            _body = new AnswerBody(head, _sink);
            _owner.OnFinalHead(head.Status);
            _sink.OnHead(head);
        }

        return !_isOver;
    }

    /// <param name="early">What came behind the head.</param>
    private void Switch(ResponseHead head, ReadOnlySpan<byte> early)
    {
        if (_offer!.WhyNotAccepted(head) is { } error)
        {
            Fail(OriginFailure.Malformed, error);
            return;
        }

        var segment = early.IsEmpty ? null : _memory.TryRent(early.Length);
        if (segment is null && !early.IsEmpty)
        {
            Fail(OriginFailure.Fault);
            return;
        }

        early.CopyTo(segment is null ? default : segment.Memory.Span);
        _isOver = true;
        _owner.OnSwitched(head, segment, early.Length);
    }

    private void OnStep(AnswerStep step)
    {
        if (_isOver)
            return;
        switch (step)
        {
            case AnswerStep.More:
                Receive();
                break;
            case AnswerStep.Wait:
                if (_input.IsEmpty)
                    _input.Release();
                _owner.OnSinkWaits();
                break;
            case AnswerStep.Whole or AnswerStep.WholeWithSurplus:
                End(keepsConnection: step == AnswerStep.Whole && _body!.KeepsConnection);
                break;
            case AnswerStep.Malformed:
                Fail(OriginFailure.Truncated);
                break;
            case AnswerStep.Unwanted:
                Fail(OriginFailure.Cancelled);
                break;
            default:
                Fail(OriginFailure.Fault);
                break;
        }
    }

    /// <summary>Receives where the bytes are wanted: a body's place with the sink, the memory for a head that isn't whole, or, where few
    /// bytes are likely, a buffer of the loop's.</summary>
    private void Receive()
    {
        _owner.OnReceiveBegins();
        if (_body is { } body && _isBusy && body.TryReserve(out var wanted))
        {
            // All that was held has gone to the sink before.
            _input.Release();
            if (wanted)
                _connection.ReceiveInto(body.Direct.Memory);
            else
                Fail(OriginFailure.Cancelled);
        }
        else if (!_input.IsEmpty || (_isBusy && _input.TryRent()))
        {
            ReceiveIntoInput();
        }
        else
        {
            _input.Release();
            _connection.Receive();
        }
    }

    private void ReceiveIntoInput()
    {
        if (_input.Room() is { IsEmpty: false } room)
            _connection.ReceiveInto(room);
        else
            Fail(OriginFailure.Malformed);
    }

    private void OnEndOfStream()
    {
        _body?.Direct.Drop();
        if (_body is { EndsWithStream: true })
            End(keepsConnection: false);
        else
            OnConnectionEnd(error: null);
    }

    private void OnConnectionEnd(string? error) => Fail(HasHead ? OriginFailure.Truncated : OriginFailure.NoResponse, error);

    private void End(bool keepsConnection)
    {
        _isOver = true;
        if (_body!.Trailers() is { } trailers)
            _sink.OnTrailers(trailers);
        _owner.OnAnswered(keepsConnection);
    }

    private void Fail(OriginFailure reason, string? error = null)
    {
        _isOver = true;
        _owner.OnReadingFailed(reason, error);
    }
}
