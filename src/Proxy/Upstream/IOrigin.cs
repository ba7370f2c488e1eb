namespace TlsProxy.Proxy.Upstream;

/// <summary>Where answers come from.</summary>
internal interface IOrigin
{
    /// <summary>Begins a request and returns at once. The sink is called from other threads, one call at a time.</summary>
    void Start(OriginRequest request, IOriginSink sink);
}
