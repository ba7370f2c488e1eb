using System.Net;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Connections.ProxyProtocol;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Connections;

/// <summary>Carries a connection from the accept to its protocol: the header of the PROXY protocol, where the listener expects one, and the
/// handshake, where it speaks TLS.</summary>
internal sealed class ConnectionStart : IProxyHeaderOwner, IHandshakeOwner
{
    private readonly ConnectionServices _services;
    private readonly Connection _connection;
    private readonly HandshakeStage _handshake;

    // Made when the first connection of the object needs it.
    private ProxyHeaderStage? _proxyHeader;
    private Life _life;

    public ConnectionStart(ConnectionServices services, Connection connection)
    {
        _services = services;
        _connection = connection;
        var exchanges = services.Exchanges;
        _handshake = new HandshakeStage(exchanges.Loop, exchanges.Segments.Pool, services.Handshakes, services.HandshakeGate, this);
    }

    private enum Stage : byte
    {
        None,
        Introducing,
        Handshaking,
    }

    /// <param name="descriptor">It stays the connection's.</param>
    public void Begin(int descriptor, ListenerTraits traits)
    {
        _life.Descriptor = descriptor;
        _life.IsTls = traits.IsTls;
        _life.BeganAt = _services.Exchanges.Loop.Now;
        if (!traits.HasProxyHeader)
        {
            GoOn([]);
            return;
        }

        _life.Stage = Stage.Introducing;
        _proxyHeader ??= new ProxyHeaderStage(_services.Exchanges.Loop, this);
        _proxyHeader.Start(descriptor);
    }

    /// <summary>Gives up; the failure follows.</summary>
    /// <returns>False when nothing is under way.</returns>
    public bool TryCancel()
    {
        if (_life.Stage == Stage.Introducing)
            _proxyHeader!.Cancel();
        else if (_life.Stage == Stage.Handshaking)
            _handshake.Cancel();
        else
            return false;
        return true;
    }

    public void OnProxyHeader(IPAddress? source, ReadOnlySpan<byte> rest)
    {
        if (source is not null)
            _connection.Peer.SetAddress((source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source).ToString());
        GoOn(rest);
    }

    public void OnProxyHeaderFailed(bool malformed)
    {
        if (malformed)
            _services.Exchanges.Counters.CountProxyHeaderRefused();
        _life = default;
        // Without a header it isn't known what the peer would understand.
        _connection.OnStartFailed(Refusal.None, isOrderly: false);
    }

    public bool SealsRecords(SessionKeys keys) => !_services.Channel.Offload.TakesAtHandshakeEnd(keys);

    public void OnHandshakeDone(in HandshakeFacts facts, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> output)
    {
        _services.Exchanges.Counters.CountHandshake(facts.Resumed);
        _services.Exchanges.Counters.Latencies.Handshake.Record(_services.Exchanges.Loop.Now - _life.BeganAt);
        _services.Sessions.Count(TlsSession.Of(facts));
        _life = default;
        _connection.OnStarted(facts, keys, leftover, output);
    }

    public void OnHandshakeFailed(HandshakeFailure? failure)
    {
        _services.Exchanges.Counters.CountHandshakeFailure();
        _services.Sessions.Failures.Count(failure is { Reason: var reason } ? reason : "ended early");
        _life = default;
        var refusal = failure is { IsPlaintextHttp: true } ? Refusal.PlaintextOnTls : Refusal.None;
        // An alert has left where there was a handshake to speak of: it is to arrive.
        _connection.OnStartFailed(refusal, isOrderly: failure is not null);
    }

    public void OnFault() => _connection.OnFault();

    /// <summary>Gives what is pending away; the start does nothing more.</summary>
    public void Surrender(AbandonedSocket heir)
    {
        _proxyHeader?.Surrender(heir);
        _handshake.Surrender(heir);
    }

    /// <summary>Gives memory back, once nothing is pending that was surrendered.</summary>
    /// <param name="place">What the log calls it.</param>
    public void Discard(string place)
    {
        var faults = _services.Exchanges.Loop.Faults;
        faults.Attempt(place, _handshake, static handshake => handshake.Discard());
        faults.Attempt(place, _proxyHeader, static stage => stage?.Discard());
        _life = default;
    }

    /// <param name="received">What the peer has sent already.</param>
    private void GoOn(ReadOnlySpan<byte> received)
    {
        var (descriptor, isTls) = (_life.Descriptor, _life.IsTls);
        if (isTls)
        {
            _life.Stage = Stage.Handshaking;
            _handshake.Start(descriptor, received);
            return;
        }

        _life = default;
        _connection.OnStarted(received);
    }

    /// <summary>All that the start knows of one connection; replaced as a whole at its end.</summary>
    private struct Life
    {
        public Stage Stage;
        public int Descriptor;
        public bool IsTls;

        /// <summary>When it was accepted, in nanoseconds of the loop's clock.</summary>
        public long BeganAt;
    }
}
