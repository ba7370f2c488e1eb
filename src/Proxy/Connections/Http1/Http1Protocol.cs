using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Tunnels;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>HTTP/1.1 and 1.0 on one connection (RFC 9112): reads its requests in order and answers each before it looks at the
/// next.</summary>
internal sealed class Http1Protocol : IProtocol, IExchangeOwner, IResponseOwner
{
    private const string Ending = "the end of a connection";

    private readonly Connection _connection;
    private readonly ProtocolSwitch _protocols;
    private readonly ConnectionServices _services;
    private readonly Exchange _exchange;
    private readonly ResponseWriter _writer;
    private readonly ContinueResponse _continue;
    private readonly InputBuffer _input = new();
    private readonly RequestBodyInput _body;
    private Http1Life _life;

    /// <param name="interim">Tells a client to send the body of its request.</param>
    /// <param name="protocols">Where a tunnel takes over.</param>
    public Http1Protocol(Connection connection, ContinueResponse interim, ProtocolSwitch protocols)
    {
        _connection = connection;
        _protocols = protocols;
        _continue = interim;
        _services = connection.Services;
        var exchanges = _services.Exchanges;
        _exchange = new Exchange(exchanges, connection.Peer, this);
        _writer = new ResponseWriter(connection.Channel, exchanges.Segments, _exchange.Reader, this, _services.DebugField);
        _body = new RequestBodyInput(connection, _exchange, _input);
    }

    public bool IsWithinMessage => _exchange.IsResponding;

    public bool IsIdle => !_exchange.IsUnderWay && RequestParser.IsEmptyLines(_input.Span);

    public bool HasBeenAsked => _life.HasBeenAsked;

    public long SentBytes => Channel.SentBytes;

    public bool IsSending => Channel.IsSending;

    public bool HasClientGone => _life.PeerEnded && Channel.HasPeerGone();

    private RecordChannel Channel => _connection.Channel;

    private DeadlineOptions Deadlines => _services.Exchanges.Deadlines;

    /// <summary>The next bytes begin a request, or go on with its head.</summary>
    private bool IsReading => _connection.IsOpen && !_exchange.IsUnderWay;

    /// <summary>Whether the response that begins is the connection's last. A peer that sends no more may have sent other requests before.
    /// </summary>
    private bool IsLastResponse =>
        _services.Host.IsDraining || (_life.PeerEnded ? !RequestLookahead.HoldsHead(_input.Span) : Channel.IsEnding);

    public void Start() => _exchange.OnConnected();

    public void Refuse(Refusal refusal) => _exchange.Refuse(refusal);

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (IsReading && _input.IsEmpty)
        {
            var used = Read(bytes);
            if (used == 0 && IsReading)
                _connection.Arm(Deadlines.Head);
            if (used < bytes.Length && _connection.IsOpen)
                _input.Append(bytes[used..]);
            _body.ReadOn();
            return;
        }

        _input.Append(bytes);
        if (_body.IsReading)
            _body.ReadOn();
        else if (IsReading)
            ReadInput();
        else if (_input.Length > ConnectionBytes.PipelinedMaximum)
            Channel.PauseReceive();
    }

    public void OnSent()
    {
        if (_writer.TryEndInterim())
        {
            _exchange.OnInterimSent();
            if (_life.Request.OwesContinue)
                OnBodyWanted();
            return;
        }

        _exchange.OnBytesSent();
        _writer.OnSent();
    }

    public void OnPeerEnded()
    {
        _life.PeerEnded = true;
        if (_body.IsReading)
            _connection.Abort();
        else if (!_exchange.IsUnderWay)
            _connection.Close();
    }

    /// <summary>A request whose beginning has come is the last; behind whole ones nothing more is read.</summary>
    public void OnEnding()
    {
        if (_body.IsReading)
            return;
        if (_exchange.IsUnderWay)
        {
            _life.PeerEnded = true;
            Channel.PauseReceive();
        }
        else if (RequestParser.IsEmptyLines(_input.Span))
        {
            _connection.Close();
        }
    }

    public void OnDeadline()
    {
        if (_exchange.IsUnderWay)
        {
            _exchange.OnDeadline();
            return;
        }

        _services.Exchanges.Counters.CountDeadline();
        _exchange.Refuse(Refusal.HeadTimeout, _input.Span);
    }

    public void Drain()
    {
        if (!_exchange.IsUnderWay && _input.IsEmpty)
            _connection.Arm(_life.HasBeenAsked ? Deadlines.IdleWhileDraining : Deadlines.FirstWhileDraining);
    }

    public void Leave() => _exchange.Leave();

    public void End()
    {
        _writer.Release();
        _exchange.End();
        _input.Clear();
        _life = default;
    }

    public void Surrender()
    {
        var faults = _services.Exchanges.Loop.Faults;
        faults.Attempt(Ending, _body, static body => body.Abort());
        faults.Attempt(Ending, _exchange, static exchange => exchange.LeaveFetch());
    }

    public void Discard()
    {
        var faults = _services.Exchanges.Loop.Faults;
        faults.Attempt(Ending, _writer, static writer => writer.Release());
        _exchange.Discard(Ending);
        faults.Attempt(Ending, _input, static input => input.Clear());
        _life = default;
    }

    public void TakeBody(RequestHead head, RequestBody body)
    {
        _life.Request.HasUntakenBody = false;
        _body.Take(head, body);
    }

    public void OnBodyWanted()
    {
        // An interim response of the origin may be on its way.
        _life.Request.OwesContinue = Channel.IsSending && _exchange.IsWaiting;
        if (!Channel.IsSending && _body.TryAllow())
            _writer.SendInterim(_continue.Bytes);
    }

    public bool TrySendInterims(ReadOnlySpan<InterimResponse> responses) => Channel.IsOpen && _writer.TrySendInterims(responses);

    public void OnBodyRoom()
    {
        Channel.ResumeReceive();
        _body.ReadOn();
    }

    public void AbortBody() => _body.Abort();

    public bool TryBegin(in ResponsePart part, in CacheNote note)
    {
        ref var request = ref _life.Request;
        // The next request would begin where this one is unreadable, or behind a body that may never come to its end.
        if (_exchange.Upgrade.IsOpening)
            request.KeepAlive = true;
        else if (note.Reuse == CacheReason.Refused || request.HasUntakenBody || _body.IsReading || IsLastResponse
            || (request.Version == HttpVersion.Http10 && _exchange.Reader.IsUnbounded))
            request.KeepAlive = false;
        // Not before the keys: an answer in clear on a port for TLS mustn't have it (RFC 6797, section 7.2).
        var added = _connection.Peer.IsSecure ? _services.StrictTransportSecurity : default;
        var terms = new ResponseTerms(
            request.Version, request.KeepAlive, request.AcceptsTrailers, added, _services.Exchanges.Clock.UnixSeconds);
        return _writer.TryStart(part, terms, note);
    }

    public void OnBytesArrived() => _writer.GoOn();

    public void Arm(TimeSpan after) => _connection.Arm(after);

    public void Disarm() => _connection.Disarm();

    public void Abort() => _connection.Abort();

    public void OnResponseSent()
    {
        if (TunnelProtocol.TryOpen(_connection, _protocols, _exchange.Upgrade, _input, _life.PeerEnded))
            return;
        _exchange.Complete();
        // A body that the origin hasn't wanted to the end would be taken for the next request.
        if (!_life.Request.KeepAlive || _body.IsReading)
            _connection.Close();
        else
            ReadNext();
    }

    public void OnResponseCut() => _exchange.OnCut();

    public void OnFault() => _connection.OnFault();

    private void ReadInput()
    {
        if (_input.IsEmpty)
            return;
        _input.Consume(Read(_input.Span, isKept: true));
        _body.ReadOn();
    }

    /// <summary>Goes on after a response that has told the client that the connection is kept.</summary>
    private void ReadNext()
    {
        _life.Request = default;
        ReadInput();
        if (!IsReading)
        {
            // Receiving pauses when too much comes before its turn. That has had its turn now, and its body may still be on its way.
            if (_connection.IsOpen && _input.IsEmpty)
                Channel.ResumeReceive();
            return;
        }

        if (_life.PeerEnded)
        {
            _connection.Close();
            return;
        }

        Channel.ResumeReceive();
        var idle = _services.Host.IsDraining ? Deadlines.IdleWhileDraining : Deadlines.Idle;
        _connection.Arm(_input.IsEmpty ? idle : Deadlines.Head);
    }

    /// <summary>Reads a request if one is whole, and begins to answer it.</summary>
    /// <param name="isKept">They are those of the input, which then begins behind the request before that is answered.</param>
    /// <returns>The bytes used that aren't taken out of the input yet.</returns>
    private int Read(ReadOnlySpan<byte> bytes, bool isKept = false)
    {
        var head = _services.Head;
        _life.HasBeenAsked = true;
        // For the log: a socket that has been reset tells no address any more.
        if (_services.Exchanges.AccessLog is not null)
            _ = _connection.Peer.Address;
        switch (RequestParser.Parse(bytes, _services.Limits, head, out var consumed, out var refusal))
        {
            case ParseStatus.Complete:
                if (isKept)
                    _input.Consume(consumed);
                consumed = isKept ? 0 : consumed;
                _life.Request = Http1Request.Of(head);
                _exchange.Begin(head);
                break;
            case ParseStatus.Refused:
                _exchange.Refuse(refusal, head.Method, bytes);
                break;
        }

        return consumed;
    }
}
