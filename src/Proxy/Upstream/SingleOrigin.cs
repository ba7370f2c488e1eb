namespace TlsProxy.Proxy.Upstream;

/// <summary>Sends all requests to one origin.</summary>
internal sealed class SingleOrigin(OriginOptions origin) : IOriginRouter
{
    private readonly OriginRoute _route = new(origin);

    public OriginRoute Choose(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target) => _route;
}
