using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <summary>One client: reads its requests in order and answers each before it looks at the next.</summary>
internal sealed class ClientConnection : IHandshakeOwner, IRecordChannelOwner, IResponseOwner, IFetchOwner, IRequestBodyWriter, IDeadlineHandler
{
    // Pipelined bytes that are held before the client is slowed down.
    private const int PipelinedBytesMaximum = 64 * 1024;
    private const int AddressTextMaximum = 64;

    private readonly Worker _worker;
    private readonly HandshakeStage _handshake;
    private readonly RecordChannel _channel;
    private readonly ResponseSender _sender;
    private readonly RequestBodyReader _body = new();
    private readonly InputBuffer _input = new();
    private readonly Deadline _deadline;
    private readonly RequestTrace? _trace;
    private FetchTicket? _ticket;
    private FetchTicket? _answered;
    private string? _address;
    private State _state;
    private HttpVersion _version;
    private int _descriptor;
    private bool _isTls;
    private bool _keepAlive;
    private bool _bodyWanted;
    private bool _continuing;
    private bool _peerEnded;
    private long _sentAtLastLook;
    private long _sentBefore;

    public ClientConnection(Worker worker)
    {
        _worker = worker;
        _channel = new RecordChannel(worker.Loop, worker.Settings.Channel, worker.Settings.Pool, worker.Settings.KtlsCounters, worker.Scratch);
        _handshake = new HandshakeStage(worker.Loop, worker.Settings.Pool, this);
        _sender = new ResponseSender(worker.Loop, _channel, worker.Settings.Pool, this);
        _deadline = new Deadline(this);
        _trace = worker.Settings.AccessLog is null ? null : new RequestTrace();
    }

    private enum State : byte
    {
        Closed,

        /// <summary>Before the keys.</summary>
        Handshaking,

        /// <summary>Waiting for a request, or for the rest of its head.</summary>
        Reading,

        /// <summary>The origin has been asked.</summary>
        Waiting,

        /// <summary>A response is on its way.</summary>
        Responding,

        /// <summary>The channel is closing.</summary>
        Closing,
    }

    /// <summary>Where the worker's table holds the connection.</summary>
    public int Position { get; set; }

    public void Start(int descriptor, bool isTls)
    {
        _descriptor = descriptor;
        _isTls = isTls;
        _address = null;
        _peerEnded = false;
        _trace?.OnAccepted(_worker.Loop.ReadClock());
        if (!isTls)
        {
            StartReading();
            _channel.StartPlaintext(descriptor, this);
            return;
        }

        _state = State.Handshaking;
        _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Handshake);
        _handshake.Start(descriptor, _worker.Settings.Tls ?? throw new InvalidOperationException("There is no certificate."));
    }

    public void OnHandshakeDone(ServerHandshake handshake, SessionKeys keys)
    {
        _worker.Counters.CountHandshake(handshake.Resumed);
        _trace?.OnReady(_worker.Loop.ReadClock());
        StartReading();
        _channel.StartTls(_descriptor, this, keys, handshake.Leftover);
    }

    public void OnHandshakeFailed(ServerHandshake? handshake)
    {
        _worker.Counters.CountHandshakeFailure();
        StartReading();
        // What follows goes out in clear: an answer to a client that speaks no TLS, or nothing but the end.
        _channel.StartPlaintext(_descriptor, this);
        if (handshake is null)
            Abort();
        else if (handshake.IsPlaintextHttp)
            Refuse(Refusal.PlaintextOnTls);
        else
            Close();
    }

    /// <summary>Ends the connection as soon as it has nothing to answer.</summary>
    public void Drain()
    {
        if (_state == State.Reading && _input.IsEmpty)
            Close();
        else if (_state == State.Handshaking)
            _handshake.Cancel();
    }

    public void Abort()
    {
        if (_state == State.Handshaking)
        {
            _handshake.Cancel();
            return;
        }

        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        LeaveFetch();
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
            ReadBody();
            return;
        }

        if (_state == State.Closing)
            return;
        _input.Append(bytes);
        if (_body.IsReading)
            ReadBody();
        else if (_state == State.Reading)
            ReadInput();
        else if (_input.Length > PipelinedBytesMaximum)
            _channel.PauseReceive();
    }

    public void OnReceiveEnded()
    {
        _peerEnded = true;
        if (_body.IsReading)
            Abort();
        else if (_state == State.Reading)
            Close();
    }

    public void OnSent()
    {
        _trace?.OnSent(_worker.Loop.Now);
        if (!_continuing)
        {
            _sender.OnSent();
            return;
        }

        _continuing = false;
        if (_answered is { } answered)
            Respond(answered);
    }

    /// <summary>There is room for more of the request's body.</summary>
    public void OnRoom()
    {
        if (_state is not (State.Waiting or State.Responding) || !_body.IsReading)
            return;
        _channel.ResumeReceive();
        ReadBody();
    }

    public void OnAnswered(FetchTicket ticket)
    {
        _ticket = null;
        if (_continuing)
            _answered = ticket;
        else
            Respond(ticket);
    }

    public void OnResponseSent()
    {
        _worker.Counters.CountSent(_channel.SentBytes - _sentBefore);
        _trace?.Write(_worker.Settings.AccessLog!, Address(), _channel, _isTls, _channel.SentBytes - _sentBefore, _worker.Loop.ReadClock());
        // A body that the origin hasn't wanted to the end would be taken for the next request.
        if (!_keepAlive || _worker.IsDraining || _body.IsReading)
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
        LeaveFetch();
    }

    public void OnClosed()
    {
        EventLoop.Disarm(_deadline);
        LeaveFetch();
        _sender.Release();
        _input.Clear();
        _continuing = false;
        _state = State.Closed;
        _worker.Return(this);
    }

    public void OnDeadline(Deadline deadline)
    {
        if (_state == State.Handshaking)
        {
            _worker.Counters.CountDeadline();
            _handshake.Cancel();
            return;
        }

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

        if (_state == State.Waiting)
        {
            _worker.Counters.CountDeadline();
            LeaveFetch();
            if (_channel.IsSending)
                Abort();
            else
                Refuse(Refusal.BodyTimeout);
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

    private void StartReading()
    {
        _state = State.Reading;
        _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Head);
    }

    private void ReadInput()
    {
        if (_input.IsEmpty)
            return;
        _input.Consume(Read(_input.Span));
        ReadBody();
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

    /// <summary>Hands on what has come of a request's body.</summary>
    private void ReadBody()
    {
        if (!_body.IsReading || _input.IsEmpty || _state == State.Closing)
            return;
        var valid = _body.TryRead(_input.Span, out var consumed);
        _input.Consume(consumed);
        if (!valid)
        {
            if (_state == State.Waiting && !_continuing)
            {
                LeaveFetch();
                Refuse(Refusal.BadChunk);
            }
            else
            {
                Abort();
            }

            return;
        }

        if (_state == State.Waiting)
            ArmBodyDeadline();
        if (_body.IsReading && !_input.IsEmpty)
            _channel.PauseReceive();
    }

    private void Answer(RequestHead head)
    {
        _worker.Counters.CountRequest();
        _trace?.OnHead(head, _worker.Loop.ReadClock());
        _version = head.Version;
        _bodyWanted = head.Method != KnownMethod.Head;
        _keepAlive = head.KeepAlive && !_worker.IsDraining;
        if (_worker.Settings.Responses.Find(head) is { } local)
        {
            _keepAlive &= head.Framing == BodyFraming.None;
            RespondLocal(local, CacheOutcome.Local);
            return;
        }

        if (head.Method is KnownMethod.Get or KnownMethod.Head && head.Framing == BodyFraming.None && TryAnswerFromCache(head))
            return;
        Forward(head);
    }

    private bool TryAnswerFromCache(RequestHead head)
    {
        var control = CacheControl.Read(head.Fields);
        var entry = _worker.Settings.Cache.TryAcquire(head);
        if (entry is not null)
        {
            var now = _worker.UnixSeconds;
            if (CachePolicy.Satisfies(entry.Freshness, control, now))
            {
                CountOutcome(CacheOutcome.Hit);
                var response = entry.Response;
                if (Conditions.IsNotModified(head, entry.Head) && entry.NotModified.TryAcquire())
                {
                    response.Release();
                    response = entry.NotModified;
                }

                Respond(response, isReader: false, entry.Freshness.AgeAt(now));
                return true;
            }

            entry.Response.Release();
        }

        if (!control.OnlyIfCached)
            return false;
        RespondLocal(_worker.Settings.Responses.NotCached, CacheOutcome.Local);
        return true;
    }

    private void Forward(RequestHead head)
    {
        _state = State.Waiting;
        EventLoop.Disarm(_deadline);
        _sender.Rewind();
        RequestBody? body = null;
        if (head.Framing != BodyFraming.None)
        {
            body = new RequestBody(head.Framing == BodyFraming.Length ? head.ContentLength : null, _worker.Loop, this);
            _body.Start(head, body);
            ArmBodyDeadline();
        }

        var continues = head.ExpectsContinue && _body.IsReading;
        _ticket = new FetchTicket(head.Detach(), new ForwardedClient(Address(), _isTls), _worker.Loop, this, _sender) { Body = body };
        if (continues)
        {
            _continuing = true;
            _channel.Send(_worker.Settings.Responses.Continue);
        }

        _worker.Settings.Fetches.Request(_ticket);
    }

    private void ArmBodyDeadline()
    {
        if (_body.IsReading)
            _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Body);
        else
            EventLoop.Disarm(_deadline);
    }

    private string Address()
    {
        if (_address is not null)
            return _address;
        Span<byte> text = stackalloc byte[AddressTextMaximum];
        var length = _worker.Loop.Sockets.PeerAddress(_descriptor, text);
        return _address = length == 0 ? "unknown" : Encoding.ASCII.GetString(text[..length]);
    }

    private void Refuse(Refusal refusal)
    {
        _worker.Counters.CountRefused();
        _trace?.OnRefused(_worker.Loop.ReadClock());
        _keepAlive = false;
        _version = HttpVersion.Http11;
        _bodyWanted = true;
        RespondLocal(_worker.Settings.Responses.Of(refusal), CacheOutcome.Local);
    }

    private void Respond(FetchTicket ticket)
    {
        _answered = null;
        if (ticket.Response is { } response)
        {
            CountOutcome(ticket.Outcome);
            Respond(response, isReader: true, ticket.AgeSeconds);
            return;
        }

        if (_body.IsReading)
            _keepAlive = false;
        RespondLocal(_worker.Settings.Responses.Of(ticket.Failure), CacheOutcome.Failed);
    }

    private void RespondLocal(StoredResponse response, CacheOutcome outcome)
    {
        CountOutcome(outcome);
        if (response.TryAcquire())
            Respond(response, isReader: false, ageSeconds: -1);
        else
            Abort();
    }

    private void Respond(StoredResponse response, bool isReader, long ageSeconds)
    {
        _state = State.Responding;
        if (_trace is not null)
            _trace.Status = response.Status;
        _sentAtLastLook = _sentBefore = _channel.SentBytes;
        _worker.Loop.Arm(_deadline, _worker.Settings.Deadlines.Write);
        // HTTP/1.0 knows no chunks: the end of the connection ends a body whose length isn't known.
        if (_version == HttpVersion.Http10 && response.Body.TotalLength is null)
            _keepAlive = false;
        if (!_sender.TryStart(response, isReader, _version, _keepAlive, _bodyWanted, _worker.UnixSeconds, ageSeconds))
            Abort();
    }

    private void CountOutcome(CacheOutcome outcome)
    {
        _worker.Counters.CountOutcome(outcome);
        if (_trace is not null)
            _trace.Outcome = outcome;
    }

    private void LeaveFetch()
    {
        _body.Abort();
        _ticket?.Leave();
        _ticket = null;
        // An answer that waited for the interim one to leave is let go of as the ticket would.
        if (_answered is { } answered)
        {
            answered.Leave();
            answered.Run();
        }

        _answered = null;
        _continuing &= _channel.IsSending;
    }

    private void Close()
    {
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        _body.Abort();
        _channel.Close();
    }
}
