using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>An origin whose answers come in steps that a seed puts in order.</summary>
/// <param name="calm">Every answer comes whole, after the whole request.</param>
internal sealed class SeededOrigin(Random random, bool calm) : IOrigin
{
    private readonly List<SeededExchange> _exchanges = [];

    public bool IsIdle => _exchanges.Count == 0;

    public int Started { get; private set; }

    /// <summary>An answer's bytes are being handed on. The proxy does that on a thread of its own and holds no lock, so that loops may turn
    /// meanwhile.</summary>
    public bool HandsOn { get; set; }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        Started++;
        var exchange = new SeededExchange(this, request, sink, random, calm);
        if (!request.TryAttach(exchange))
            exchange.Cancel();
        _exchanges.Add(exchange);
    }

    /// <summary>Takes one step of one answer.</summary>
    public void Step()
    {
        if (_exchanges.Count == 0)
            return;
        var exchange = _exchanges[random.Next(_exchanges.Count)];
        if (exchange.Step())
            _exchanges.Remove(exchange);
    }
}
