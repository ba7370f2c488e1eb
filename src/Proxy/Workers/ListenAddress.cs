using System.Net;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Workers;

/// <summary>An address to serve on.</summary>
internal sealed record ListenAddress(IPEndPoint EndPoint, ListenerTraits Traits)
{
    /// <summary>The option that named it.</summary>
    public string Option { get; init; } = "--listen";

    public override string ToString() => $"{Traits.Scheme}://{EndPoint}";
}
