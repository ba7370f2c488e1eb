using System.Net;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Finds requests that have come over a connection whose certificate isn't for their host (RFC 9110, sections 7.4 and
/// 15.5.20).</summary>
internal static class MisdirectedRequest
{
    /// <param name="host">The host of the request; without one, nothing is asked of another.</param>
    /// <param name="names">What the connection's certificate is for.</param>
    /// <param name="namedServer">Whether the client named a server in the handshake. One that connects by an address can't, and gets the
    /// default certificate; what it asks of the address is served.</param>
    public static bool Check(ReadOnlySpan<byte> host, CertificateNames names, bool namedServer)
    {
        if (host.IsEmpty)
            return false;
        var name = HostField.Name(host, out var isAddress);
        if (!isAddress)
            return !names.Cover(name);
        return namedServer && !(IPAddress.TryParse(name, out var address) && names.Cover(address));
    }
}
