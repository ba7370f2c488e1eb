namespace TlsProxy.Proxy.Upstream;

/// <summary>Sends all requests to one origin.</summary>
internal sealed class SingleOrigin(OriginOptions origin) : IOriginRouter
{
    public OriginRoute Route { get; } = new(origin);

    public OriginRoute Choose(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target) => Route;
}
