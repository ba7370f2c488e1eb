using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>Accepts one connection for each plan, and stops then.</summary>
internal sealed class ScheduledServer : ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _pool;
    private readonly ConnectionPlan[] _plans;
    private readonly int _listener;
    private readonly Operation _accept;

    public ScheduledServer(EventLoop loop, SegmentPool pool, int listener, ConnectionPlan[] plans)
    {
        _loop = loop;
        _pool = pool;
        _plans = plans;
        _listener = listener;
        _accept = new Operation(this);
        loop.Accept(_accept, listener);
    }

    public List<ScheduledConnection> Connections { get; } = [];

    public bool IsDone => !_accept.IsPending && Connections.Count == _plans.Length && Connections.All(connection => connection.IsClosed);

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.Succeeded)
            Connections.Add(new ScheduledConnection(_loop, _pool, _plans[Connections.Count], result.Count));
        if (Connections.Count < _plans.Length && !result.More)
            _loop.Accept(_accept, _listener);
        else if (Connections.Count == _plans.Length && result.More)
            _loop.Cancel(_accept);
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
