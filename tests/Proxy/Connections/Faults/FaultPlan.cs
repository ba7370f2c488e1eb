using System.Diagnostics;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Throws once: at the pass that it is armed for, of all points that are passed, or of one point by its name.</summary>
internal sealed class FaultPlan
{
    private const int CallersMaximum = 12;

    // Guards the fields below: the loop, the origin's threads and the test touch them.
    private readonly Lock _gate = new();
    private int _at;
    private string? _atPoint;
    private int _passes;

    /// <summary>Where it has thrown, or null.</summary>
    public string? ThrownAt { get; private set; }

    /// <summary>Who called the point, for a failed test's message.</summary>
    public string Callers { get; private set; } = string.Empty;

    /// <param name="pass">The pass that throws, from 1.</param>
    /// <param name="point">Counts passes of this point alone; null counts those of all.</param>
    public void Arm(int pass, string? point = null)
    {
        lock (_gate)
        {
            ThrownAt = null;
            _passes = 0;
            _atPoint = point;
            _at = pass;
        }
    }

    /// <summary>Nothing is thrown any more, and <see cref="ThrownAt"/> is final.</summary>
    public void Disarm()
    {
        lock (_gate)
            _at = 0;
    }

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
        lock (_gate)
        {
            if (_at == 0 || (_atPoint is { } wanted && wanted != point) || ++_passes != _at)
                return;
            ThrownAt = point;
            Callers = CallersOf(new StackTrace(skipFrames: 2));
        }

        throw new OwnFaultException($"The test's own fault, at {point}.");
    }

    private static string CallersOf(StackTrace stack) => string.Join(" <- ", stack.GetFrames()
        .Select(frame => frame.GetMethod())
        .Where(method => method?.DeclaringType?.FullName?.StartsWith("TlsProxy", StringComparison.Ordinal) == true)
        .Take(CallersMaximum)
        .Select(method => $"{method!.DeclaringType!.Name}.{method.Name}"));

    private sealed class OwnFaultException(string message) : Exception(message);
}
