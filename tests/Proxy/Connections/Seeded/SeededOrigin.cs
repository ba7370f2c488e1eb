using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>An origin whose answers come in steps that a seed puts in order.</summary>
/// <param name="calm">Every answer comes whole, after the whole request.</param>
/// <param name="faults">Where what the proxy throws at an answer ends; null lets it pass.</param>
internal sealed class SeededOrigin(Random random, bool calm, FaultLedger? faults = null) : IOrigin
{
    private readonly FaultLedger _faults = faults ?? FaultLedger.Passing;
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
        try
        {
            if (exchange.Step())
                _exchanges.Remove(exchange);
        }
        catch (Exception fault) when (_faults.Contains(fault))
        {
            HandsOn = false;
            _exchanges.Remove(exchange);
            exchange.Fault(fault, _faults);
        }
    }
}
