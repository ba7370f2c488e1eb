using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;

namespace TlsProxy.Proxy.Connections;

/// <summary>All that a <see cref="ClientConnection"/> knows of its client. It is replaced as a whole at the connection's end, so that
/// nothing of it reaches the next.</summary>
internal struct ConnectionLife
{
    public ConnectionLife()
    {
    }

    public ConnectionState State;
    public int Descriptor = -1;
    public ListenerTraits Traits;

    /// <summary>The client's address and whether it is a trusted proxy's; null until they are asked for.</summary>
    public string? Address;
    public bool IsTrusted;

    /// <summary>What the handshake has told; the defaults without TLS.</summary>
    public TlsSession Session;
    public CertificateNames? Names;
    public bool NamedServer;
    public ClientIdentity? Identity;

    /// <summary>Field lines that each response gets, with their CRLF.</summary>
    public ReadOnlyMemory<byte> AddedFields;

    public bool HasAsked;
    public bool PeerEnded;
}
