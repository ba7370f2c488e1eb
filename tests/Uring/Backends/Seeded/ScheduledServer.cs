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
    private readonly TaskCompletionSource[] _accepted;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScheduledServer(EventLoop loop, SegmentPool pool, int listener, ConnectionPlan[] plans)
    {
        _loop = loop;
        _pool = pool;
        _plans = plans;
        _listener = listener;
        _accepted = [.. plans.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        _accept = new Operation(this);
        loop.Accept(_accept, listener);
    }

    public List<ScheduledConnection> Connections { get; } = [];

    /// <summary>Ends when the connection of each plan has been accepted and closed.</summary>
    public Task Done => _done.Task;

    /// <summary>Ends when the connection of this plan has been accepted.</summary>
    public Task Accepted(int plan) => _accepted[plan].Task;

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.Succeeded)
            Begin(result.Count);
        if (Connections.Count < _plans.Length && !result.More)
            _loop.Accept(_accept, _listener);
        else if (Connections.Count == _plans.Length && result.More)
            _loop.Cancel(_accept);
        EndIfDone();
    }

    private void Begin(int descriptor)
    {
        Connections.Add(new ScheduledConnection(_loop, _pool, _plans[Connections.Count], descriptor) { Closed = EndIfDone });
        _accepted[Connections.Count - 1].SetResult();
    }

    private void EndIfDone()
    {
        if (!_accept.IsPending && Connections.Count == _plans.Length && Connections.TrueForAll(connection => connection.IsClosed))
            _done.TrySetResult();
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
