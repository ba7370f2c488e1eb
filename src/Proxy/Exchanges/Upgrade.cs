using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The offer of one request to switch protocols: whether it may go to the origin, its place among the tunnels, and the tunnel that
/// the origin opens.</summary>
internal sealed class Upgrade(ExchangeServices services)
{
    private Life _life;

    /// <summary>The response under way opens a tunnel.</summary>
    public bool IsOpening => _life.Tunnel is not null;

    /// <summary>Bytes that the client has sent into the tunnel; -1 where none has opened.</summary>
    public long ReceivedBytes => _life.IsOpen ? _life.ReceivedBytes : -1;

    /// <summary>Bytes that the client's side has taken out of it.</summary>
    public long SentBytes => _life.SentBytes;

    /// <summary>Looks for an offer, and takes a place for one that may go to the origin: <see cref="RequestHead.WebSocket"/> says that it
    /// does.</summary>
    /// <returns>Why the request is refused; none where it is answered like any other.</returns>
    public Refusal Begin(RequestHead head)
    {
        if (!WebSocketHandshake.IsOffered(head))
            return Refusal.None;
        var refusal = Check(head);
        if (refusal != Refusal.None)
        {
            services.Counters.CountTunnelRefused(RefusalOf(refusal));
            return refusal;
        }

        _life.HasPlace = true;
        head.WebSocket = new WebSocketOffer(head);
        return refusal;
    }

    /// <summary>The origin has answered, or won't.</summary>
    public void OnAnswered(FetchTicket ticket)
    {
        _life.Tunnel = ticket.TakeTunnel();
        if (!_life.HasPlace || _life.Tunnel is not null)
            return;
        services.Counters.CountTunnelRefused(TunnelRefusal.Origin);
        GivePlaceBack();
    }

    /// <summary>Gives the tunnel away, which is open from now on: the response that opens it has left.</summary>
    public IOriginTunnel TakeTunnel()
    {
        var tunnel = _life.Tunnel ?? throw new InvalidOperationException("No tunnel opens.");
        _life.Tunnel = null;
        _life.IsOpen = true;
        services.Counters.CountTunnelOpened();
        return tunnel;
    }

    /// <summary>The client has sent bytes into the tunnel.</summary>
    public void CountReceived(int bytes)
    {
        _life.ReceivedBytes += bytes;
        services.Counters.CountTunnelReceived(bytes);
    }

    /// <summary>The client's side has taken bytes out of the tunnel.</summary>
    public void CountSent(int bytes)
    {
        _life.SentBytes += bytes;
        services.Counters.CountTunnelSent(bytes);
    }

    /// <summary>No tunnel opens any more.</summary>
    public void Leave()
    {
        _life.Tunnel?.Reset();
        _life.Tunnel = null;
    }

    /// <summary>The request, with its tunnel, is over.</summary>
    public void End()
    {
        if (_life.IsOpen)
            services.Counters.CountTunnelClosed();
        GivePlaceBack();
        _life = default;
    }

    private Refusal Check(RequestHead head)
    {
        var rule = services.Fetches.Services.Policy.Rules.Find(head);
        if (!(rule?.AllowsWebSocket ?? services.Tunnels.AllowsWebSocket))
            return Refusal.UpgradeForbidden;
        var refusal = WebSocketHandshake.Check(head);
        return refusal != Refusal.None || services.TunnelLimit.TryTake() ? refusal : Refusal.TunnelsFull;
    }

    private static TunnelRefusal RefusalOf(Refusal refusal) => refusal switch
    {
        Refusal.UpgradeForbidden => TunnelRefusal.Forbidden,
        Refusal.TunnelsFull => TunnelRefusal.Full,
        _ => TunnelRefusal.Handshake,
    };

    private void GivePlaceBack()
    {
        if (_life.HasPlace)
            services.TunnelLimit.Return();
        _life.HasPlace = false;
    }

    /// <summary>All that is known of one request; replaced as a whole at its end.</summary>
    private struct Life
    {
        public bool HasPlace;

        /// <summary>From the origin's answer until the response has left.</summary>
        public IOriginTunnel? Tunnel;

        public bool IsOpen;

        /// <summary>Bytes in the tunnel, without TLS.</summary>
        public long ReceivedBytes;
        public long SentBytes;
    }
}
