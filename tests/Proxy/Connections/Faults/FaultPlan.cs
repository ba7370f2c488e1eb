using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Throws once: at the pass that it is armed for, of all points that are passed.</summary>
internal sealed class FaultPlan
{
    private int _at;
    private int _passes;

    /// <summary>Where it has thrown, or null.</summary>
    public string? ThrownAt { get; private set; }

    public void Arm(int pass)
    {
        ThrownAt = null;
        Volatile.Write(ref _passes, 0);
        Volatile.Write(ref _at, pass);
    }

    public void Disarm() => Volatile.Write(ref _at, 0);

    /// <summary>A point of a callback.</summary>
    public void Pass(string point, IFaultDomain? life)
    {
        if (life is not FaultedLoopThread.Work)
            Pass(life is null ? point : $"{life.GetType().Name}.{point}");
    }

    public void Pass(string point)
    {
        if (Volatile.Read(ref _at) == 0 || Interlocked.Increment(ref _passes) != Volatile.Read(ref _at))
            return;
        ThrownAt = point;
        throw new InvalidOperationException($"The test's own fault, at {point}.");
    }
}
