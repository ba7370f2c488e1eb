using System.Net;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Networks of proxies before this one.</summary>
internal sealed class TrustedProxies(IReadOnlyList<IPNetwork> networks)
{
    public static TrustedProxies None { get; } = new([]);

    public bool IsEmpty => networks.Count == 0;

    /// <param name="address">An IP address as text, IPv4 in its own form; any other text is in no network.</param>
    public bool Contains(string address)
    {
        if (networks.Count == 0 || !IPAddress.TryParse(address, out var parsed))
            return false;
        foreach (var network in networks)
        {
            if (network.Contains(parsed))
                return true;
        }

        return false;
    }
}
