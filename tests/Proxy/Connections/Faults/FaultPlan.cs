using System.Diagnostics;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Has something go wrong once: at the pass that it is armed for, of all points that are passed, or of one point by its
/// name.</summary>
internal sealed class FaultPlan
{
    private const int CallersMaximum = 12;

    // Guards the fields below: the loop, the origin's threads and the test touch them.
    private readonly Lock _gate = new();
    private FaultKind _kind;
    private bool _repeats;
    private int _at;
    private string? _atPoint;
    private int _passes;

    /// <summary>Where it went wrong first, or null.</summary>
    public string? FaultedAt { get; private set; }

    /// <summary>Who called the point, for a failed test's message.</summary>
    public string Callers { get; private set; } = string.Empty;

    /// <summary>Called where segments are to run out.</summary>
    public Action? OnShortage { get; set; }

    /// <param name="pass">The pass at which it goes wrong, from 1.</param>
    /// <param name="point">Counts passes of this point alone; null counts those of all.</param>
    /// <param name="repeats">It goes wrong at the passes that follow, too.</param>
    public void Arm(int pass, string? point = null, FaultKind kind = FaultKind.Throw, bool repeats = false)
    {
        lock (_gate)
        {
            FaultedAt = null;
            _kind = kind;
            _repeats = repeats;
            _passes = 0;
            _atPoint = point;
            _at = pass;
        }
    }

    /// <summary>Nothing goes wrong any more, and <see cref="FaultedAt"/> is final.</summary>
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

    /// <summary>A point that may throw, or from which on there is no segment.</summary>
    public void Pass(string point)
    {
        if (Takes(FaultKind.NoSegment, point))
            OnShortage?.Invoke();
        if (Takes(FaultKind.Throw, point))
            throw new OwnFaultException($"The test's own fault, at {point}.");
    }

    /// <summary>A point at which one kind of fault is possible, which the caller makes.</summary>
    public bool Takes(FaultKind kind, string point)
    {
        lock (_gate)
        {
            if (_at == 0 || kind != _kind || (_atPoint is { } wanted && wanted != point))
                return false;
            _passes++;
            if (_passes != _at && !(_repeats && _passes > _at))
                return false;
            if (FaultedAt is not null)
                return true;
            FaultedAt = point;
            Callers = CallersOf(new StackTrace(skipFrames: 2));
            return true;
        }
    }

    private static string CallersOf(StackTrace stack) => string.Join(" <- ", stack.GetFrames()
        .Select(frame => frame.GetMethod())
        .Where(method => method?.DeclaringType?.FullName?.StartsWith("TlsProxy", StringComparison.Ordinal) == true)
        .Take(CallersMaximum)
        .Select(method => $"{method!.DeclaringType!.Name}.{method.Name}"));

    private sealed class OwnFaultException(string message) : Exception(message);
}
