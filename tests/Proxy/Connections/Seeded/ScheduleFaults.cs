using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Connections.Faults;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>The one fault of a schedule, where it has one, and what else callbacks throw, which nothing should.</summary>
internal sealed class ScheduleFaults
{
    private const int PointsMaximum = 400;

    private Exception? _unexpected;

    public ScheduleFaults() => Ledger = new FaultLedger(OnFirst) { Point = Pass };

    public FaultPlan Plan { get; } = new();

    public FaultLedger Ledger { get; }

    /// <summary>Where a callback was made to throw, or null.</summary>
    public string? Description => Plan.FaultedAt is null ? null : $"{Plan.FaultedAt} <- {Plan.Callers}";

    /// <summary>Called where a request to the origin is built and its fetch isn't known yet.</summary>
    public Action? OnEntry { get; set; }

    public void Arm(Random random) => Plan.Arm(random.Next(1, PointsMaximum));

    public void Check()
    {
        Plan.Disarm();
        if (_unexpected is not null)
            throw new InvalidOperationException($"A callback has thrown: {_unexpected.Message}", _unexpected);
        Assert.Equal(Plan.FaultedAt is null ? 0 : 1, Ledger.Count);
    }

    private void Pass(string point, IFaultDomain? life)
    {
        Plan.Pass(point, life);
        if (point == FetchStarts.EntryPoint)
            OnEntry?.Invoke();
    }

    private void OnFirst(string place, Exception fault)
    {
        if (!FaultPlan.IsOwn(fault))
            _unexpected ??= fault;
    }
}
