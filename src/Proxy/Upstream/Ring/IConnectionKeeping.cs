namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Takes back connections that may carry a further request.</summary>
internal interface IConnectionKeeping
{
    void Keep(OriginConnection connection);
}
