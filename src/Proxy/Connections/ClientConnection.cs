using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <summary>One client: reads its requests in order and answers each before it looks at the next.</summary>
internal sealed class ClientConnection : IRecordChannelOwner, IResponseOwner, IDeadlineHandler
{
    // Pipelined bytes that are held before the client is slowed down.
    private const int PipelinedBytesMaximum = 64 * 1024;

    private readonly Worker _worker;
    private readonly RecordChannel _channel;
    private readonly ResponseSender _sender;
    private readonly InputBuffer _input = new();
    private readonly Deadline _deadline;
    private State _state;
    private bool _keepAlive;
    private bool _peerEnded;
    private long _sentAtLastLook;

    public ClientConnection(Worker worker)
    {
        _worker = worker;
        _channel = new RecordChannel(worker.Loop, worker.Settings.Channel);
        _sender = new ResponseSender(worker.Loop, _channel, worker.Settings.Pool, this);
        _deadline = new Deadline(this);
    }

    private enum State : byte
    {
        Closed,

        /// <summary>Waiting for a request, or for the rest of its head.</summary>
        Reading,

        /// <summary>A response is on its way.</summary>
        Responding,

        /// <summary>The channel is closing.</summary>
        Closing,
    }

    /// <summary>Where the worker's table holds the connection.</summary>
    public int Position { get; set; }

    public void Start(int descriptor)
    {
        _state = State.Reading;
        _peerEnded = false;
        _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Head);
        _channel.StartPlaintext(descriptor, this);
    }

    /// <summary>Ends the connection as soon as it has nothing to answer.</summary>
    public void Drain()
    {
        if (_state == State.Reading && _input.IsEmpty)
            Close();
    }

    public void Abort()
    {
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        _channel.Abort();
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_state == State.Reading && _input.IsEmpty)
        {
            var used = Read(bytes);
            if (used == 0 && _state == State.Reading)
                _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Head);
            if (used < bytes.Length && _state != State.Closing)
                _input.Append(bytes[used..]);
            return;
        }

        if (_state == State.Closing)
            return;
        _input.Append(bytes);
        if (_state == State.Reading)
            ReadInput();
        else if (_input.Length > PipelinedBytesMaximum)
            _channel.PauseReceive();
    }

    public void OnReceiveEnded()
    {
        _peerEnded = true;
        if (_state == State.Reading)
            Close();
    }

    public void OnSent() => _sender.OnSent();

    public void OnResponseSent()
    {
        if (!_keepAlive || _worker.IsDraining)
        {
            Close();
            return;
        }

        _state = State.Reading;
        ReadInput();
        if (_state != State.Reading)
            return;
        if (_peerEnded)
        {
            Close();
            return;
        }

        _channel.ResumeReceive();
        var deadlines = _worker.Settings.Deadlines;
        _worker.Loop.Arm(_deadline, _input.IsEmpty ? deadlines.Idle : deadlines.Head);
    }

    public void OnResponseCut()
    {
        _worker.Counters.CountFailed();
        Abort();
    }

    public void OnFailed(ChannelFailure failure, Errno error)
    {
        _worker.Counters.CountFailed();
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
    }

    public void OnClosed()
    {
        EventLoop.Disarm(_deadline);
        _sender.Release();
        _input.Clear();
        _state = State.Closed;
        _worker.Return(this);
    }

    public void OnDeadline(Deadline deadline)
    {
        if (_state == State.Reading && !_input.IsEmpty)
        {
            _worker.Counters.CountDeadline();
            Refuse(Refusal.HeadTimeout);
            return;
        }

        if (_state == State.Reading)
        {
            Close();
            return;
        }

        // A reader that has taken a byte since, or that waits for the origin, isn't slow.
        if (_channel.SentBytes != _sentAtLastLook || _sender.WaitsForBody)
        {
            _sentAtLastLook = _channel.SentBytes;
            _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Write);
            return;
        }

        _worker.Counters.CountDeadline();
        Abort();
    }

    private void ReadInput()
    {
        if (!_input.IsEmpty)
            _input.Consume(Read(_input.Span));
    }

    /// <summary>Reads a request if one is whole, and begins to answer it.</summary>
    /// <returns>The bytes used.</returns>
    private int Read(ReadOnlySpan<byte> bytes)
    {
        var head = _worker.Head;
        switch (RequestParser.Parse(bytes, _worker.Settings.Limits, head, out var consumed, out var refusal))
        {
            case ParseStatus.Complete:
                Answer(head);
                break;
            case ParseStatus.Refused:
                Refuse(refusal);
                break;
        }

        return consumed;
    }

    private void Answer(RequestHead head)
    {
        _worker.Counters.CountRequest();
        // A body that nobody reads would be taken for the next request; the connection ends instead.
        _keepAlive = head.KeepAlive && head.Framing == BodyFraming.None && !_worker.IsDraining;
        var isHead = head.Method == KnownMethod.Head;
        var response = _worker.Settings.Responses.Find(head);
        if (response.TryAcquire())
            Respond(response, head.Version, !isHead);
        else
            Abort();
    }

    private void Refuse(Refusal refusal)
    {
        _worker.Counters.CountRefused();
        _keepAlive = false;
        var response = _worker.Settings.Responses.Of(refusal);
        if (response.TryAcquire())
            Respond(response, HttpVersion.Http11, bodyWanted: true);
        else
            Abort();
    }

    private void Respond(StoredResponse response, HttpVersion version, bool bodyWanted)
    {
        _state = State.Responding;
        _sentAtLastLook = _channel.SentBytes;
        _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Write);
        if (!_sender.TryStart(response, version, _keepAlive, bodyWanted, _worker.UnixSeconds, ageSeconds: -1))
            Abort();
    }

    private void Close()
    {
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        _channel.Close();
    }
}
