using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Connections.ProxyProtocol;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using IPAddress = System.Net.IPAddress;

namespace TlsProxy.Proxy.Connections;

/// <summary>One client: reads its requests in order and answers each before it looks at the next.</summary>
internal sealed partial class ClientConnection
    : IProxyHeaderOwner, IHandshakeOwner, IRecordChannelOwner, IResponseOwner, IBodyReaderOwner, IFetchOwner, IAnswerOwner, IRequestBodyWriter, IDeadlineHandler
{
    private const int AddressTextMaximum = 64;

    private readonly Worker _worker;
    private readonly HandshakeStage _handshake;
    private ProxyHeaderStage? _proxyHeader;
    private readonly RecordChannel _channel;
    private readonly BodyReader _reader;
    private readonly ResponseWriter _writer;
    private readonly RequestBodyReader _body = new();
    private readonly InputBuffer _input = new();
    private readonly Deadline _deadline;
    private readonly RequestTrace? _trace;
    private ConnectionLife _life = new();
    private ExchangeLife _exchange = new();

    public ClientConnection(Worker worker)
    {
        _worker = worker;
        _channel = new RecordChannel(worker.Loop, worker.Settings.Channel, worker.Segments, worker.Settings.KtlsCounters, worker.Scratch)
        {
            Domain = this,
        };
        _handshake = new HandshakeStage(worker.Loop, worker.Settings.Pool, worker.Handshakes, worker.HandshakeGate, this);
        _reader = new BodyReader(worker.Loop, worker.Segments.Pool, this);
        _writer = new ResponseWriter(_channel, worker.Segments, _reader, this, worker.Settings.DebugField);
        _deadline = new Deadline(this);
        _trace = worker.Settings.AccessLog is null ? null : new RequestTrace(worker.Segments);
    }

    /// <summary>Whether a response is on its way.</summary>
    public bool IsWithinMessage => _life.State == ConnectionState.Responding;

    /// <summary>Whether it has been answered and waits for its next request.</summary>
    public bool IsKeptIdle => _life is { State: ConnectionState.Reading, HasAsked: true } && RequestParser.IsEmptyLines(_input.Span);

    /// <summary>Whether it is about to close.</summary>
    public bool IsEnding => _life.State is ConnectionState.Leaving or ConnectionState.Closing;

    /// <summary>Until when it waits for its next request, on the loop's clock in nanoseconds: who has waited longest is first.</summary>
    public long IdleUntil => _deadline.Due;

    /// <summary>Where the worker's table holds the connection; -1 while it isn't there.</summary>
    public int Position { get; set; } = -1;

    public void Start(int descriptor, ListenerTraits traits)
    {
        // From here on a fault closes the descriptor.
        _life.Descriptor = descriptor;
        _life.State = ConnectionState.Introducing;
        _life.Traits = traits;
        _worker.Loop.Faults.Point?.Invoke(nameof(Start), this);
        _trace?.OnAccepted(_worker.Loop.ReadClock());
        if (traits.IsTls || traits.HasProxyHeader)
            _worker.Loop.Arm(_deadline, _worker.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Handshake);
        if (!traits.HasProxyHeader)
        {
            StartProtocol([]);
            return;
        }

        _proxyHeader ??= new ProxyHeaderStage(_worker.Loop, this);
        _proxyHeader.Start(descriptor);
    }

    public void OnProxyHeader(IPAddress? source, ReadOnlySpan<byte> rest)
    {
        if (source is not null)
            SetAddress((source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source).ToString());
        StartProtocol(rest);
    }

    public void OnProxyHeaderFailed(bool malformed)
    {
        if (malformed)
            _worker.Counters.CountProxyHeaderRefused();
        StartReading();
        _channel.StartPlaintext(_life.Descriptor, this);
        // Nobody knows what the peer would understand.
        Abort();
    }

    public bool SealsRecords(SessionKeys keys) => _worker.Settings.Channel.ReasonAgainst(keys) != KtlsReason.None;

    public void OnHandshakeDone(ServerHandshake handshake)
    {
        _worker.Counters.CountHandshake(handshake.Resumed);
        _life.Session = TlsSession.Of(handshake);
        _worker.Settings.Sessions.Count(_life.Session);
        _trace?.OnReady(_worker.Loop.ReadClock());
        _life.Names = handshake.Names;
        _life.NamedServer = handshake.HasServerName;
        // Not before: what goes out in clear on a port for TLS mustn't have it (RFC 6797, section 7.2).
        _life.AddedFields = _worker.Settings.StrictTransportSecurity;
        if (handshake.ClientCertificate is { } certificate)
            _life.Identity = new ClientIdentity(certificate.Subject, ForwardedCertificate(certificate));
        StartReading();
        _channel.StartTls(_life.Descriptor, this, handshake.Keys, handshake.Leftover, handshake.Output);
    }

    public void OnHandshakeFailed(ServerHandshake? handshake)
    {
        _worker.Counters.CountHandshakeFailure();
        _worker.Settings.Sessions.Failures.Count(handshake is null ? "ended early" : handshake.FailureReason);
        StartReading();
        // What follows goes out in clear: an answer to a client that speaks no TLS, or nothing but the end.
        _channel.StartPlaintext(_life.Descriptor, this);
        if (handshake is null)
            Abort();
        else if (handshake.IsPlaintextHttp)
            Refuse(Refusal.PlaintextOnTls);
        else
            Close();
    }

    /// <summary>Ends the connection after its next response, which says so, or when its time for a request is up: the client doesn't expect
    /// the end, and a request may be on its way.</summary>
    public void Drain()
    {
        if (_life.State is ConnectionState.Introducing or ConnectionState.Handshaking || (_life.State == ConnectionState.Reading && _input.IsEmpty))
            _worker.Loop.Arm(_deadline, _life.HasAsked ? Deadlines.IdleWhileDraining : Deadlines.FirstWhileDraining);
    }

    /// <summary>Ends a connection that waits for a request, unless one turns out to have come by now.</summary>
    /// <returns>False for a connection that doesn't wait for one.</returns>
    public bool TryEndIdle()
    {
        if (_life.State != ConnectionState.Reading || !RequestParser.IsEmptyLines(_input.Span))
            return false;
        _life.State = ConnectionState.Leaving;
        // A record may be there of which the rest has to come.
        _worker.Loop.Arm(_deadline, FirstByteDeadline);
        _channel.ReadOnceMore();
        return true;
    }

    public LaterAnswer Await()
    {
        _life.State = ConnectionState.Waiting;
        _worker.Loop.Arm(_deadline, Deadlines.LaterAnswer);
        return _exchange.Later = new LaterAnswer(_worker.Loop, this);
    }

    public void OnAnswered(Response? response)
    {
        _exchange.Later = null;
        if (response is not null)
            RespondWhole(response, CacheNote.Own(CacheReason.OwnAnswer));
        else
            Abort();
    }

    public void OnSilent()
    {
        if (_life.State == ConnectionState.Leaving)
            Close();
    }

    public void Abort()
    {
        if (IsFaulted || TryCancelStart())
            return;
        LogCut();
        _life.State = ConnectionState.Closing;
        EventLoop.Disarm(_deadline);
        LeaveFetch();
        _channel.Abort();
    }

    public void OnFailed(ChannelFailure failure, Errno error)
    {
        _worker.Counters.CountFailed();
        LogCut();
        _life.State = ConnectionState.Closing;
        EventLoop.Disarm(_deadline);
        LeaveFetch();
    }

    /// <summary>The one place where a life ends; the channel's has ended before.</summary>
    public void OnClosed()
    {
        EventLoop.Disarm(_deadline);
        LeaveFetch();
        _writer.Release();
        _reader.Release();
        _input.Clear();
        _trace?.Reset();
        _exchange = new();
        _life = new();
        _worker.Return(this);
    }

    private ReadOnlySpan<byte> ForwardedCertificate(ClientCertificate certificate) =>
        _worker.Settings.ForwardsClientCertificate ? certificate.Der.Span : default;

    /// <param name="received">What the peer has sent already.</param>
    private void StartProtocol(ReadOnlySpan<byte> received)
    {
        if (_life.Traits.IsTls)
        {
            _life.State = ConnectionState.Handshaking;
            _handshake.Start(_life.Descriptor, received);
            return;
        }

        StartReading();
        _channel.StartPlaintext(_life.Descriptor, this);
        if (!received.IsEmpty)
            OnReceived(received);
    }

    /// <summary>Gives up what comes before the channel; its failure follows.</summary>
    /// <returns>False when the channel has begun.</returns>
    private bool TryCancelStart()
    {
        if (_life.State == ConnectionState.Introducing)
            _proxyHeader!.Cancel();
        else if (_life.State == ConnectionState.Handshaking)
            _handshake.Cancel();
        else
            return false;
        return true;
    }

    private void StartReading()
    {
        _life.State = ConnectionState.Reading;
        _worker.Loop.Arm(_deadline, FirstByteDeadline);
    }

    private DeadlineOptions Deadlines => _worker.Settings.Deadlines;

    private TimeSpan FirstByteDeadline => _worker.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Head;

    private string Address()
    {
        if (_life.Address is not null)
            return _life.Address;
        Span<byte> text = stackalloc byte[AddressTextMaximum];
        var length = _worker.Loop.Sockets.PeerAddress(_life.Descriptor, text);
        return SetAddress(length == 0 ? "unknown" : Encoding.ASCII.GetString(text[..length]));
    }

    private string SetAddress(string address)
    {
        _life.IsTrusted = _worker.Settings.TrustedProxies.Contains(address);
        return _life.Address = address;
    }

    private ForwardedClient Client()
    {
        var address = Address();
        return new ForwardedClient(address, _life.Traits.IsTls, _life.IsTrusted);
    }

    private void Log(SentBody body)
    {
        if (_trace is null)
            return;
        var isTls = _life.Traits.IsTls;
        var connection = new LoggedConnection(Address(), isTls, _life.Session, isTls ? _channel.Verdict.Text : "-");
        _trace.Write(
            _worker.Settings.AccessLog!, _worker.LogLine, connection, _channel.SentBytes - _exchange.SentBefore, body,
            _worker.Loop.ReadClock());
    }

    private void Close()
    {
        LogCut();
        _life.State = ConnectionState.Closing;
        EventLoop.Disarm(_deadline);
        _body.Abort();
        _channel.Close();
    }
}
