using TlsProxy.Handshake;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>What the connections of one loop to a server of an https origin work with. Loop's thread only, but for the context.</summary>
/// <param name="Context">Whom the proxy trusts, what it presents, and the sessions to resume; shared by all loops.</param>
/// <param name="Server">The name or the address that the server's certificate must be for.</param>
/// <param name="Authorities">What the certificate must lead to, in words of the log.</param>
/// <param name="Channels">Of the loop.</param>
internal sealed record OriginTls(TlsClientContext Context, ServerIdentity Server, string Authorities, OriginChannels Channels)
{
    /// <summary>What certificates are checked for, in words of the log.</summary>
    public string Checks => $"checked for {Server.Text} against {Authorities}; --origin-ca and --origin-tls-name change that";
}
