using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections;

/// <summary>One client's connection: owns the descriptor from the accept to the close, through the PROXY header, the handshake and the
/// channel, with one deadline at a time. It knows bytes; its <see cref="IProtocol"/> knows what they mean.</summary>
internal sealed class Connection : IRecordChannelOwner, IDeadlineHandler, IPeerSocket
{
    private const int AddressTextMaximum = 64;
    private const string Ending = "the end of a connection";

    private readonly ConnectionStart _start;
    private readonly IProtocol _protocol;
    private readonly Deadline _deadline;

    // Made when the first connection of the object ends without a channel.
    private SocketEnd? _end;
    private ConnectionLife _life = new();

    public Connection(ConnectionServices services)
    {
        Services = services;
        var exchanges = services.Exchanges;
        Channel = new RecordChannel(exchanges.Loop, services.Channel, exchanges.Segments, services.KtlsCounters, services.Scratch)
        {
            Domain = this,
        };
        Peer = new Peer(exchanges.TrustedProxies, this);
        _start = new ConnectionStart(services, this);
        _deadline = new Deadline(this);
        _protocol = services.CreateProtocol(this);
    }

    public ConnectionServices Services { get; }

    /// <summary>What the protocol sends and is given bytes by.</summary>
    public RecordChannel Channel { get; }

    /// <summary>The client.</summary>
    public Peer Peer { get; }

    /// <summary>The protocol may go on: the connection isn't about to end.</summary>
    public bool IsOpen => _life.State == ConnectionState.Open;

    public bool IsWithinMessage => IsOpen && _protocol.IsWithinMessage;

    /// <summary>Whether it has been answered and waits for its next request.</summary>
    public bool IsKeptIdle => IsOpen && _protocol is { HasBeenAsked: true, IsIdle: true };

    /// <summary>Whether it is about to close.</summary>
    public bool IsEnding => _life.State is ConnectionState.Leaving or ConnectionState.Closing;

    /// <summary>Until when it waits for its next request, on the loop's clock in nanoseconds: who has waited longest is first.</summary>
    public long IdleUntil => _deadline.Due;

    /// <summary>Where the worker's table holds the connection; -1 while it isn't there.</summary>
    public int Position { get; set; } = -1;

    /// <summary>A callback has thrown in this object, so it isn't used again.</summary>
    public bool IsFaulted { get; private set; }

    public string RecordsText => Channel.Verdict.Text;

    private EventLoop Loop => Services.Exchanges.Loop;

    private DeadlineOptions Deadlines => Services.Exchanges.Deadlines;

    private TimeSpan FirstByteDeadline => Services.Host.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Head;

    public void Start(int descriptor, ListenerTraits traits)
    {
        // From here on a fault closes the descriptor.
        _life.Descriptor = descriptor;
        _life.State = ConnectionState.Starting;
        Peer.Begin(traits.IsTls, traits.Redirects, ReadLogClock());
        Loop.Faults.Point?.Invoke(nameof(Start), this);
        if (traits.IsTls || traits.HasProxyHeader)
            Arm(Services.Host.IsDraining ? Deadlines.FirstWhileDraining : Deadlines.Handshake);
        _start.Begin(descriptor, traits);
    }

    /// <summary>The start is over, and the client speaks without TLS.</summary>
    /// <param name="received">What it has sent already.</param>
    public void OnStarted(ReadOnlySpan<byte> received)
    {
        StartProtocol();
        // From here on the channel closes the descriptor, whatever happens.
        _life.HasChannel = true;
        Channel.StartPlaintext(_life.Descriptor, this);
        if (!received.IsEmpty)
            OnReceived(received);
    }

    /// <summary>The start is over, and the keys are there.</summary>
    public void OnStarted(in HandshakeFacts facts, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> output)
    {
        var identity = facts.PeerCertificate is not { } certificate ? null
            : new ClientIdentity(certificate.Subject, Services.ForwardsClientCertificate ? certificate.Der.Span : default);
        Peer.OnHandshake(TlsSession.Of(facts), facts.Names, facts.HasServerName, identity, ReadLogClock());
        StartProtocol();
        _life.HasChannel = true;
        Channel.StartTls(_life.Descriptor, this, keys, leftover, output);
    }

    /// <summary>The start has failed.</summary>
    /// <param name="reason">An answer in clear, for a client that speaks no TLS; <see cref="Refusal.None"/> for none.</param>
    /// <param name="isOrderly">Whether what was sent is to arrive.</param>
    public void OnStartFailed(Refusal reason, bool isOrderly)
    {
        if (reason != Refusal.None)
        {
            OnStarted([]);
            _protocol.Refuse(reason);
            return;
        }

        _life.State = ConnectionState.Closing;
        Disarm();
        _end ??= new SocketEnd(Loop, Services.Channel, this);
        if (isOrderly)
            _end.Finish(_life.Descriptor);
        else
            _end.Reset(_life.Descriptor);
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (_life.State == ConnectionState.Leaving)
            _life.State = ConnectionState.Open;
        if (IsOpen)
            _protocol.OnReceived(bytes);
    }

    public void OnSent() => _protocol.OnSent();

    public void OnReceiveEnded()
    {
        if (_life.State != ConnectionState.Closing)
            _protocol.OnPeerEnded();
    }

    public void OnEnding()
    {
        if (_life.State != ConnectionState.Closing)
            _protocol.OnEnding();
    }

    public void OnSilent()
    {
        if (_life.State == ConnectionState.Leaving)
            Close();
    }

    public void OnDeadline(Deadline deadline)
    {
        if (_start.TryCancel())
            Services.Exchanges.Counters.CountDeadline();
        else if (_life.State == ConnectionState.Leaving)
            Close();
        else if (!TryEndIdle())
            _protocol.OnDeadline();
    }

    /// <summary>Calls <see cref="IProtocol.OnDeadline"/> after so long, in place of an earlier time.</summary>
    public void Arm(TimeSpan after) => Loop.Arm(_deadline, after);

    /// <summary>No deadline passes until the next is armed.</summary>
    public void Disarm() => EventLoop.Disarm(_deadline);

    /// <summary>Ends the connection after its next response, which says so, or when its time for a request is up: the client doesn't expect
    /// the end, and a request may be on its way.</summary>
    public void Drain()
    {
        if (_life.State == ConnectionState.Starting)
            Arm(Deadlines.FirstWhileDraining);
        else if (IsOpen)
            _protocol.Drain();
    }

    /// <summary>Ends a connection that waits for a request, unless one turns out to have come by now.</summary>
    /// <returns>False for a connection that doesn't wait for one.</returns>
    public bool TryEndIdle()
    {
        if (!IsOpen || !_protocol.IsIdle)
            return false;
        _life.State = ConnectionState.Leaving;
        // A record may be there of which the rest has to come.
        Arm(FirstByteDeadline);
        Channel.ReadOnceMore();
        return true;
    }

    /// <summary>Ends the connection in order: every byte sent arrives.</summary>
    public void Close()
    {
        Leave();
        Channel.Close();
    }

    /// <summary>Ends the connection with a reset, so that the client can't take what it has for the whole.</summary>
    public void Abort()
    {
        if (IsFaulted || _start.TryCancel())
            return;
        Leave();
        if (_life.HasChannel)
            Channel.Abort();
        else
            _end?.Abort();
    }

    public void OnFailed(ChannelFailure failure, Errno error)
    {
        Services.Exchanges.Counters.CountFailed();
        Leave();
    }

    /// <summary>The one place where a life ends; the channel's, or the socket's end, has come before.</summary>
    public void OnClosed()
    {
        // A fault closes nothing any more: another connection may have the number.
        _life.Descriptor = -1;
        Disarm();
        _protocol.End();
        Peer.End();
        _life = new();
        Services.Host.Return(this);
    }

    /// <summary>Ends without going on from the state that a fault has left.</summary>
    public void OnFault()
    {
        if (IsFaulted)
            return;
        IsFaulted = true;
        if (_life.State == ConnectionState.Closed)
        {
            // The connection had ended before, and the object waits for another.
            Services.Host.Forget(this);
            return;
        }

        _life.State = ConnectionState.Closing;
        Disarm();
        Loop.Faults.Attempt(Ending, _protocol, static protocol => protocol.Surrender());
        var socket = new AbandonedSocket(Loop, Bury);
        var held = Channel.Surrender(socket);
        _start.Surrender(socket);
        if (!_life.HasChannel)
            held = _end?.TrySurrender(socket) == false ? -1 : _life.Descriptor;
        socket.Close(held);
    }

    string? IPeerSocket.ReadAddress()
    {
        Span<byte> text = stackalloc byte[AddressTextMaximum];
        var length = Loop.Sockets.PeerAddress(_life.Descriptor, text);
        return length == 0 ? null : Encoding.ASCII.GetString(text[..length]);
    }

    /// <summary>Gives back what is held: nothing is pending any more that could use it.</summary>
    private void Bury()
    {
        var faults = Loop.Faults;
        faults.Attempt(Ending, _protocol, static protocol => protocol.Discard());
        faults.Attempt(Ending, Channel, static channel => channel.Discard());
        faults.Attempt(Ending, _start, static start => start.Discard(Ending));
        Peer.End();
        _life = new();
        Services.Host.Return(this);
    }

    private void StartProtocol()
    {
        _life.State = ConnectionState.Open;
        Arm(FirstByteDeadline);
        _protocol.Start();
    }

    /// <summary>The connection ends from here on.</summary>
    private void Leave()
    {
        _life.State = ConnectionState.Closing;
        Disarm();
        _protocol.Leave();
    }

    /// <summary>The time, where a log asks for it.</summary>
    private long ReadLogClock() => Services.Exchanges.AccessLog is null ? 0 : Loop.ReadClock();
}
