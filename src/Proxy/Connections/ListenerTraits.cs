namespace TlsProxy.Proxy.Connections;

/// <summary>How the connections of a listener begin, and what becomes of their requests.</summary>
/// <param name="IsTls">They begin with a handshake.</param>
/// <param name="HasProxyHeader">Before anything else they tell for whom they are, by the PROXY protocol.</param>
/// <param name="Redirects">Requests are sent to https.</param>
internal readonly record struct ListenerTraits(bool IsTls, bool HasProxyHeader = false, bool Redirects = false)
{
    /// <summary>The scheme as options have it.</summary>
    public string Scheme => (IsTls ? "https" : "http") + (HasProxyHeader ? "+proxy" : string.Empty);
}
