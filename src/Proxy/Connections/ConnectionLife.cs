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

    /// <summary>The connection's own until the channel or the end of the socket has it.</summary>
    public int Descriptor = -1;
}
