using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections.ProxyProtocol;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using IPAddress = System.Net.IPAddress;

namespace TlsProxy.Proxy.Connections;

/// <summary>One client: reads its requests in order and answers each before it looks at the next.</summary>
internal sealed partial class ClientConnection : IProxyHeaderOwner, IHandshakeOwner, IRecordChannelOwner, IResponseOwner, IFetchOwner, IRequestBodyWriter, IDeadlineHandler
{
    // Pipelined bytes that are held before the client is slowed down.
    private const int PipelinedBytesMaximum = 64 * 1024;
    private const int AddressTextMaximum = 64;

    private readonly Worker _worker;
    private readonly HandshakeStage _handshake;
    private ProxyHeaderStage? _proxyHeader;
    private readonly RecordChannel _channel;
    private readonly ResponseSender _sender;
    private readonly RequestBodyReader _body = new();
    private readonly InputBuffer _input = new();
    private readonly Deadline _deadline;
    private readonly RequestTrace? _trace;
    private FetchTicket? _ticket;
    private FetchTicket? _answered;
    private RequestHead? _undecided;
    private CacheNote _undecidedNote;
    private string? _address;
    private CertificateNames? _names;
    private ClientIdentity? _identity;
    private bool _namedServer;
    private State _state;
    private HttpVersion _version;
    private TlsSession _session;
    private int _descriptor;
    private ListenerTraits _traits;
    private bool _isTrusted;
    private bool _hasAsked;
    private bool _keepAlive;
    private bool _bodyWanted;
    private bool _expectsContinue;
    private bool _continuing;
    private bool _peerEnded;
    private long _sentAtLastLook;
    private long _sentBefore;

    public ClientConnection(Worker worker)
    {
        _worker = worker;
        _channel = new RecordChannel(worker.Loop, worker.Settings.Channel, worker.Segments, worker.Settings.KtlsCounters, worker.Scratch);
        _handshake = new HandshakeStage(worker.Loop, worker.Settings.Pool, worker.Handshakes, worker.HandshakeGate, this);
        _sender = new ResponseSender(worker.Loop, _channel, worker.Segments, this, worker.Settings.DebugField);
        _deadline = new Deadline(this);
        _trace = worker.Settings.AccessLog is null ? null : new RequestTrace();
    }

    private enum State : byte
    {
        Closed,

        /// <summary>Before the header of the PROXY protocol.</summary>
        Introducing,

        /// <summary>Before the keys.</summary>
        Handshaking,

        /// <summary>Waiting for a request, or for the rest of its head.</summary>
        Reading,

        /// <summary>Waiting for a request no longer: what has come meanwhile is read once more before the close.</summary>
        Leaving,

        /// <summary>The origin has been asked.</summary>
        Waiting,

        /// <summary>A response is on its way.</summary>
        Responding,

        /// <summary>The channel is closing.</summary>
        Closing,
    }

    /// <summary>Whether a response is on its way.</summary>
    public bool IsWithinMessage => _state == State.Responding;

    /// <summary>Where the worker's table holds the connection.</summary>
    public int Position { get; set; }

    public void Start(int descriptor, ListenerTraits traits)
    {
        _descriptor = descriptor;
        _traits = traits;
        _address = null;
        _names = null;
        _identity = null;
        _session = default;
        _sender.AddedFields = traits.IsTls ? _worker.Settings.StrictTransportSecurity : default;
        _peerEnded = false;
        _hasAsked = false;
        _bodyWanted = true;
        _trace?.OnAccepted(_worker.Loop.ReadClock());
        if (traits.IsTls || traits.HasProxyHeader)
            _worker.Loop.Arm(_deadline, _worker.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Handshake);
        if (!traits.HasProxyHeader)
        {
            StartProtocol([]);
            return;
        }

        _state = State.Introducing;
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
        _channel.StartPlaintext(_descriptor, this);
        // Nobody knows what the peer would understand.
        Abort();
    }

    public bool SealsRecords(TlsVersion version, CipherSuite suite) =>
        _worker.Settings.Channel.ReasonAgainst(version, suite) != KtlsReason.None;

    public void OnHandshakeDone(ServerHandshake handshake)
    {
        _worker.Counters.CountHandshake(handshake.Resumed);
        _session = TlsSession.Of(handshake);
        _worker.Settings.Sessions.Count(_session);
        _trace?.OnReady(_worker.Loop.ReadClock());
        _names = handshake.Names;
        _namedServer = handshake.HasServerName;
        if (handshake.ClientCertificate is { } certificate)
            _identity = new ClientIdentity(certificate.Subject, _worker.Settings.ForwardsClientCertificate ? certificate.Der.Span : default);
        StartReading();
        _channel.StartTls(_descriptor, this, handshake.Keys, handshake.Leftover, handshake.Output);
    }

    public void OnHandshakeFailed(ServerHandshake? handshake)
    {
        _worker.Counters.CountHandshakeFailure();
        _worker.Settings.Sessions.Failures.Count(handshake is null ? "ended early" : handshake.FailureReason);
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

    /// <summary>Ends the connection after its next response, which says so, or when its time for a request is up: the client doesn't expect
    /// the end, and a request may be on its way.</summary>
    public void Drain()
    {
        if (_state is State.Introducing or State.Handshaking || (_state == State.Reading && _input.IsEmpty))
            _worker.Loop.Arm(_deadline, _hasAsked ? Deadlines.IdleWhileDraining : Deadlines.FirstWhileDraining);
    }

    /// <summary>Ends a connection that waits for a request, unless one turns out to have come by now.</summary>
    /// <returns>False for a connection that doesn't wait for one.</returns>
    public bool TryEndIdle()
    {
        if (_state != State.Reading || !RequestParser.IsEmptyLines(_input.Span))
            return false;
        _state = State.Leaving;
        // A record may be there of which the rest has to come.
        _worker.Loop.Arm(_deadline, FirstByteDeadline);
        _channel.ReadOnceMore();
        return true;
    }

    public void OnSilent()
    {
        if (_state == State.Leaving)
            Close();
    }

    public void Abort()
    {
        if (TryCancelStart())
            return;
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        LeaveFetch();
        _channel.Abort();
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
        _undecided = null;
        _sender.Release();
        _input.Clear();
        _continuing = false;
        _state = State.Closed;
        _worker.Return(this);
    }

    /// <param name="received">What the peer has sent already.</param>
    private void StartProtocol(ReadOnlySpan<byte> received)
    {
        if (_traits.IsTls)
        {
            _state = State.Handshaking;
            _handshake.Start(_descriptor, received);
            return;
        }

        StartReading();
        _channel.StartPlaintext(_descriptor, this);
        if (!received.IsEmpty)
            OnReceived(received);
    }

    /// <summary>Gives up what comes before the channel; its failure follows.</summary>
    /// <returns>False when the channel has begun.</returns>
    private bool TryCancelStart()
    {
        if (_state == State.Introducing)
            _proxyHeader!.Cancel();
        else if (_state == State.Handshaking)
            _handshake.Cancel();
        else
            return false;
        return true;
    }

    private void StartReading()
    {
        _state = State.Reading;
        _worker.Loop.Arm(_deadline, FirstByteDeadline);
    }

    private DeadlineOptions Deadlines => _worker.Settings.Deadlines;

    private TimeSpan FirstByteDeadline => _worker.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Head;

    private string Address()
    {
        if (_address is not null)
            return _address;
        Span<byte> text = stackalloc byte[AddressTextMaximum];
        var length = _worker.Loop.Sockets.PeerAddress(_descriptor, text);
        return SetAddress(length == 0 ? "unknown" : Encoding.ASCII.GetString(text[..length]));
    }

    private string SetAddress(string address)
    {
        _isTrusted = _worker.Settings.TrustedProxies.Contains(address);
        return _address = address;
    }

    private void Close()
    {
        _state = State.Closing;
        EventLoop.Disarm(_deadline);
        _body.Abort();
        _channel.Close();
    }
}
