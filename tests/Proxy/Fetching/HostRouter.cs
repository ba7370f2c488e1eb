using System.Text;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Sends each host to an origin of its own, and keeps what it was asked.</summary>
internal sealed class HostRouter : IOriginRouter
{
    private readonly Dictionary<string, OriginRoute> _routes = [];

    /// <summary>Hosts and targets in the order in which they were asked for.</summary>
    public List<string> Asked { get; } = [];

    public OriginRoute this[string host]
    {
        get => _routes[host];
        init => _routes[host] = value;
    }

    public OriginRoute Choose(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target)
    {
        Asked.Add(Encoding.ASCII.GetString(host) + Encoding.ASCII.GetString(target));
        return _routes[Encoding.ASCII.GetString(host)];
    }
}
