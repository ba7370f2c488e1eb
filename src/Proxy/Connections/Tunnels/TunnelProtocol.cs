using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections.Tunnels;

/// <summary>A tunnel between a client and an origin that have switched protocols: passes bytes, ends and resets on, each way at the pace of
/// its reader. A life of one tunnel.</summary>
internal sealed class TunnelProtocol : IProtocol, ITunnelUser
{
    // Bytes of the client that wait for the origin before the client is slowed down; below half of them it goes on.
    private const int HeldMaximum = 32 * 1024;

    private const string Ending = "the end of a tunnel";

    private readonly Connection _connection;
    private readonly Upgrade _upgrade;
    private readonly IOriginTunnel _origin;

    // Bytes of the origin on their way to the client; null between two receives.
    private Segment? _toClient;
    private int _toClientBytes;

    private long _lastMoved;
    private bool _clientEnded;
    private bool _originEnded;
    private bool _endsInOrder;
    private bool _hasLeft;

    private TunnelProtocol(Connection connection, Upgrade upgrade)
    {
        _connection = connection;
        _upgrade = upgrade;
        _origin = upgrade.TakeTunnel();
    }

    public bool IsWithinMessage => true;

    public bool IsIdle => false;

    public bool HasBeenAsked => true;

    private RecordChannel Channel => _connection.Channel;

    private ExchangeServices Services => _connection.Services.Exchanges;

    private TimeSpan IdleTime => Services.Tunnels.Idle;

    /// <summary>Takes over from the protocol of an upgrade, whose exchange ends with the connection.</summary>
    /// <param name="upgrade">Its response has left.</param>
    /// <param name="early">What the client sent before it had the response; it is taken.</param>
    /// <param name="clientEnded">It has sent the end, too.</param>
    /// <returns>False where that response opens no tunnel.</returns>
    public static bool TryOpen(Connection connection, ProtocolSwitch protocols, Upgrade upgrade, InputBuffer early, bool clientEnded)
    {
        if (!upgrade.IsOpening)
            return false;
        var tunnel = new TunnelProtocol(connection, upgrade);
        protocols.To(tunnel);
        tunnel.Begin(early.Span, clientEnded);
        early.Clear();
        return true;
    }

    public void Start() => throw new InvalidOperationException("A tunnel begins with its own response.");

    public void Refuse(Refusal refusal) => throw new InvalidOperationException("Nothing is refused within a tunnel.");

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        OnMoved();
        _upgrade.CountReceived(bytes.Length);
        if (!_origin.TrySend(bytes))
            _connection.Abort();
        else if (_origin.HeldBytes > HeldMaximum)
            Channel.PauseReceive();
    }

    public void OnSent()
    {
        OnMoved();
        _upgrade.CountSent(_toClientBytes);
        Release();
        if (_endsInOrder)
            _connection.Close();
        else
            _origin.Receive();
    }

    public void OnPeerEnded()
    {
        if (Channel is { IsTruncated: true, IsEnding: true })
        {
            // It has changed keys that the kernel holds, and goes on.
            _connection.Abort();
            return;
        }

        _clientEnded = true;
        _origin.EndSend();
        EndIfOver();
    }

    public void OnEnding() => EndInOrder();

    public void OnDeadline()
    {
        var left = IdleTime - TimeSpan.FromTicks((Services.Loop.Now - _lastMoved) / 100);
        if (left > TimeSpan.Zero)
        {
            _connection.Arm(left);
            return;
        }

        Services.Counters.CountDeadline();
        if (Channel.IsSending)
            _connection.Abort();
        else
            EndInOrder();
    }

    public void Drain()
    {
        // It has until the drain's deadline: where it could end, only its two sides can tell.
    }

    public void Leave()
    {
        if (_hasLeft)
            return;
        _hasLeft = true;
        if (_endsInOrder)
            _origin.Close();
        else
            _origin.Reset();
    }

    public void End() => Release();

    public void Surrender() => Services.Loop.Faults.Attempt(Ending, _origin, static origin => origin.Bury());

    public void Discard() => Services.Loop.Faults.Attempt(Ending, this, static tunnel => tunnel.Release());

    public void OnOriginBytes(Segment memory, int count)
    {
        OnMoved();
        (_toClient, _toClientBytes) = (memory, count);
        Channel.Send([memory.Memory.Slice(0, count)]);
    }

    public void OnOriginEnded()
    {
        OnMoved();
        _originEnded = true;
        Channel.EndSend();
        EndIfOver();
    }

    public void OnOriginTook()
    {
        OnMoved();
        if (_origin.HeldBytes <= HeldMaximum / 2)
            Channel.ResumeReceive();
        EndIfOver();
    }

    public void OnOriginLeft() => EndInOrder();

    public void OnOriginFailed() => _connection.Abort();

    public void OnFault() => _connection.OnFault();

    private void Begin(ReadOnlySpan<byte> early, bool clientEnded)
    {
        OnMoved();
        _connection.Arm(IdleTime);
        _origin.Begin(this);
        // Keys that can't be changed would end it soon.
        if (Channel.IsEnding)
            EndInOrder();
        if (!_connection.IsOpen)
            return;
        Channel.ResumeReceive();
        if (!early.IsEmpty)
            OnReceived(early);
        if (clientEnded && _connection.IsOpen)
            OnPeerEnded();
        _origin.Receive();
    }

    private void OnMoved() => _lastMoved = Services.Loop.Now;

    /// <summary>Ends the tunnel once both sides have sent the end, and each has all of the other's bytes.</summary>
    private void EndIfOver()
    {
        if (_clientEnded && _originEnded && _origin.HeldBytes == 0)
            EndInOrder();
    }

    private void EndInOrder()
    {
        _endsInOrder = true;
        if (!Channel.IsSending)
            _connection.Close();
    }

    private void Release()
    {
        _toClient?.Release();
        (_toClient, _toClientBytes) = (null, 0);
    }
}
