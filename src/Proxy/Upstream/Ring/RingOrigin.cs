using TlsProxy.Proxy.Upstream.Ring.Naming;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>An HTTP/1.1 origin as one worker asks it: on the worker's own loop. The sink is called on the loop's thread.</summary>
internal sealed class RingOrigin : ILoopOrigin, IExchangeList
{
    private readonly RingServices _services;
    private readonly OriginPool _connections;

    // Loop's thread only.
    private readonly List<RingExchange> _exchanges = [];

    // Guards the flag: a request is either posted while the loop still runs what is posted, or refused.
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <param name="addresses">Those of the origin's name, which all loops share.</param>
    /// <param name="connectionsMax">The most connections of this loop.</param>
    public RingOrigin(RingServices services, OriginAddresses addresses, int connectionsMax)
    {
        _services = services;
        _connections = new OriginPool(services, addresses, connectionsMax);
    }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new RingExchange(_services, _connections, request, sink, this);
        lock (_gate)
        {
            if (!_isClosed)
            {
                exchange.Begin();
                return;
            }
        }

        exchange.Refuse();
    }

    public void End(Action onEnded)
    {
        foreach (var exchange in _exchanges.ToArray())
            exchange.Abandon();
        _connections.End(onEnded);
    }

    public void Close()
    {
        lock (_gate)
            _isClosed = true;
    }

    public void Add(RingExchange exchange)
    {
        exchange.Position = _exchanges.Count;
        _exchanges.Add(exchange);
    }

    public void Remove(RingExchange exchange)
    {
        if (exchange.Position < 0)
            return;
        var last = _exchanges[^1];
        (_exchanges[exchange.Position], last.Position) = (last, exchange.Position);
        _exchanges.RemoveAt(_exchanges.Count - 1);
        exchange.Position = -1;
    }
}
