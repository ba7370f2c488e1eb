using System.Text;

namespace TlsProxy.Proxy.Upstream;

/// <summary>An origin to which requests may go, and what they and their answers have to look like for its sake. Immutable: all threads
/// read it.</summary>
internal sealed class OriginRoute(OriginOptions origin)
{
    private readonly byte[] _name = Encoding.Latin1.GetBytes(origin.Name);
    private readonly byte[] _defaultHost = Encoding.ASCII.GetBytes(origin.Authority);
    private readonly byte[]? _hostSent = origin.HostSent is null ? null : Encoding.ASCII.GetBytes(origin.HostSent);

    /// <summary>The origin's name or address and its port, as in a URL.</summary>
    public string Authority { get; } = origin.Authority;

    /// <summary>The origin's name or address, with the brackets of an IPv6 address.</summary>
    public ReadOnlySpan<byte> Name => _name;

    public int Port { get; } = origin.Port;

    /// <summary>The Host for a client of HTTP/1.0 that sent none.</summary>
    public ReadOnlySpan<byte> DefaultHost => _defaultHost;

    /// <summary>URLs in redirects that name the origin become the client's.</summary>
    public bool RewritesRedirects { get; } = origin.RewritesRedirects;

    /// <summary>The origin's Strict-Transport-Security isn't passed on: the proxy, which has the certificate, speaks for it.</summary>
    public bool DropsTransportSecurity { get; } = origin.DropsTransportSecurity;

    /// <summary>The Host that the origin is given.</summary>
    /// <param name="host">The client's.</param>
    public ReadOnlySpan<byte> HostSent(ReadOnlySpan<byte> host) => _hostSent is null ? host : _hostSent;
}
