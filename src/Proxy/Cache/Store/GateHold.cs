namespace TlsProxy.Proxy.Cache.Store;

/// <summary>A hold of the cache's gate, up to its disposal. It gives the gate back, and then releases the responses that have left the
/// cache.</summary>
internal readonly ref struct GateHold
{
    private readonly CacheNodes _nodes;

    public GateHold(CacheNodes nodes)
    {
        _nodes = nodes;
        nodes.Turns.Enter(nodes.Gate);
    }

    public void Dispose()
    {
        var departures = _nodes.TakeDepartures();
        _nodes.Gate.Exit();
        departures.Release();
    }
}
