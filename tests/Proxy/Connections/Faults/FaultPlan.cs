using System.Diagnostics;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Throws once: at the pass that it is armed for, of all points that are passed.</summary>
internal sealed class FaultPlan
{
    private const int CallersMaximum = 12;

    private int _at;
    private int _passes;

    /// <summary>Where it has thrown, or null.</summary>
    public string? ThrownAt { get; private set; }

    /// <summary>Who called the point, for a failed test's message.</summary>
    public string Callers { get; private set; } = string.Empty;

    public void Arm(int pass)
    {
        ThrownAt = null;
        Volatile.Write(ref _passes, 0);
        Volatile.Write(ref _at, pass);
    }

    public void Disarm() => Volatile.Write(ref _at, 0);

    /// <summary>Whether it was thrown by a plan.</summary>
    public static bool IsOwn(Exception fault) => fault is OwnFaultException;

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
        Callers = CallersOf(new StackTrace(skipFrames: 2));
        throw new OwnFaultException($"The test's own fault, at {point}.");
    }

    private static string CallersOf(StackTrace stack) => string.Join(" <- ", stack.GetFrames()
        .Select(frame => frame.GetMethod())
        .Where(method => method?.DeclaringType?.FullName?.StartsWith("TlsProxy", StringComparison.Ordinal) == true)
        .Take(CallersMaximum)
        .Select(method => $"{method!.DeclaringType!.Name}.{method.Name}"));

    private sealed class OwnFaultException(string message) : Exception(message);
}
