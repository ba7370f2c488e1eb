using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Logging;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The client at the other end of a connection, as the exchanges know it.</summary>
/// <param name="trusted">Peers whose X-Forwarded fields are believed.</param>
internal sealed class Peer(TrustedProxies trusted, IPeerSocket socket)
{
    private Life _life;

    /// <summary>It came over TLS.</summary>
    public bool IsTls => _life.IsTls;

    /// <summary>Its requests are sent to https.</summary>
    public bool IsRedirected => _life.IsRedirected;

    /// <summary>The keys are there.</summary>
    public bool IsSecure => _life.Session.Version != default;

    /// <summary>The names of the certificate that it was shown; null without TLS.</summary>
    public CertificateNames? Names => _life.Names;

    /// <summary>It named a server in the handshake (SNI).</summary>
    public bool NamedServer => _life.NamedServer;

    /// <summary>Its client certificate; null without one.</summary>
    public ClientIdentity? Identity => _life.Identity;

    /// <summary>When its connection was accepted, and when the keys were there; in nanoseconds of the loop's clock, 0 where no log asks.
    /// </summary>
    public long AcceptedAt => _life.AcceptedAt;

    public long ReadyAt => _life.ReadyAt;

    /// <summary>Whether its address has been asked for.</summary>
    public bool HasAddress => _life.Address is not null;

    /// <summary>Its IP address: that of the PROXY protocol, or of the socket, which is asked once.</summary>
    public string Address => _life.Address ?? SetAddress(socket.ReadAddress() ?? "unknown");

    /// <summary>Whether it is a proxy itself whose X-Forwarded fields are believed.</summary>
    public bool IsTrusted
    {
        get
        {
            if (!trusted.IsEmpty && _life.Address is null)
                _ = Address;
            return _life.IsTrusted;
        }
    }

    /// <summary>What the origin is told of it.</summary>
    public ForwardedClient Forwarded => new(Address, IsTls, IsTrusted);

    /// <summary>What the access log says of it.</summary>
    public LoggedConnection Logged => new(Address, IsTls, _life.Session, IsTls ? socket.RecordsText : "-");

    public void Begin(bool isTls, bool isRedirected, long now) =>
        _life = new Life { IsTls = isTls, IsRedirected = isRedirected, AcceptedAt = now, ReadyAt = now };

    /// <summary>Takes over what the PROXY protocol or the socket says.</summary>
    public string SetAddress(string address)
    {
        _life.IsTrusted = trusted.Contains(address);
        return _life.Address = address;
    }

    /// <summary>Takes over what the handshake has agreed on.</summary>
    public void OnHandshake(in TlsSession session, CertificateNames? names, bool namedServer, ClientIdentity? identity, long now)
    {
        _life.Session = session;
        _life.Names = names;
        _life.NamedServer = namedServer;
        _life.Identity = identity;
        _life.ReadyAt = now;
    }

    /// <summary>The one place where a life ends.</summary>
    public void End() => _life = default;

    /// <summary>All that is known of one client; replaced as a whole at its connection's end.</summary>
    private struct Life
    {
        public bool IsTls;
        public bool IsRedirected;

        /// <summary>Null until it is asked for.</summary>
        public string? Address;
        public bool IsTrusted;

        /// <summary>The default without TLS, and until the keys are there.</summary>
        public TlsSession Session;
        public CertificateNames? Names;
        public bool NamedServer;
        public ClientIdentity? Identity;
        public long AcceptedAt;
        public long ReadyAt;
    }
}
