using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
namespace TlsProxy.Proxy.Connections;

/// <summary>All that a <see cref="Connection"/> knows of one socket. It is replaced as a whole at the connection's end, so that nothing of
/// it reaches the next.</summary>
internal struct ConnectionLife
{
    public ConnectionLife()
    {
    }

    public ConnectionState State;

    /// <summary>The connection's own to close until the channel has it; it is asked for its peer's address as long as it is open.</summary>
    public int Descriptor = -1;

    /// <summary>The channel has the descriptor, and closes it.</summary>
    public bool HasChannel;
}
