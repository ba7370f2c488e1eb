namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The exchanges of one loop that are under way. Loop's thread only.</summary>
internal interface IExchangeList
{
    void Add(RingExchange exchange);

    void Remove(RingExchange exchange);
}
