namespace TlsProxy.Proxy.Upstream;

/// <summary>Where answers come from.</summary>
internal interface IOrigin
{
    /// <summary>Begins a request and returns at once. Callable from any thread. The sink is called on the origin's own, one call at a
    /// time.</summary>
    void Start(OriginRequest request, IOriginSink sink);
}
