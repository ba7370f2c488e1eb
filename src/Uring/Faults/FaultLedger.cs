using System.Diagnostics;

namespace TlsProxy.Uring.Faults;

/// <summary>Counts what callbacks throw, tells of each kind once, and has the life end whose callback it was. Callable from any
/// thread.</summary>
/// <param name="onFirst">Told of the first fault of a kind: where the callback was called, and the exception with its stack.</param>
public sealed class FaultLedger(Action<string, Exception>? onFirst = null)
{
    // A fault is told by place, exception and throwing method. Beyond this many kinds they are only counted, so that nobody fills a log.
    private const int KindsMaximum = 64;

    // Guards the kinds: of several threads with the same new kind, one tells it. Faults are rare, so that all share one lock.
    private readonly Lock _gate = new();
    private readonly HashSet<(string Place, Type Kind, string? Site)> _kinds = [];
    private long _count;
    private bool _passes;

    /// <summary>Faults so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>A test's: called before and after each callback with its name and the life it belongs to, where there is one, and throws
    /// where the test wants a fault. Null in production.</summary>
    public Action<string, IFaultDomain?>? Point { get; init; }

    /// <summary>A ledger that contains nothing: every exception is the caller's, as in tests of single parts.</summary>
    public static FaultLedger Passing { get; } = new() { _passes = true };

    /// <summary>Whether an exception ends one life only. Without memory nothing can be ended in order, and without its loop no life goes
    /// on.</summary>
    public bool Contains(Exception exception) => !_passes && exception is not (OutOfMemoryException or LoopLostException);

    /// <summary>Counts a fault and ends the life it happened in.</summary>
    /// <param name="place">Where the callback was called, in words of the log.</param>
    public void End(IFaultDomain domain, string place, Exception fault)
    {
        ArgumentNullException.ThrowIfNull(domain);
        Note(place, fault);
        try
        {
            domain.OnFault();
        }
        catch (Exception second) when (Contains(second))
        {
            Note("the end of a life after a fault", second);
        }
    }

    /// <summary>Does work that belongs to no life, and that is done again.</summary>
    /// <returns>False when it threw; the fault is counted.</returns>
    public bool Run<T>(string place, T state, Action<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            Point?.Invoke(place, null);
            work(state);
            Point?.Invoke(place, null);
            return true;
        }
        catch (Exception fault) when (Contains(fault))
        {
            Note(place, fault);
            return false;
        }
    }

    /// <summary>Does one step of an end, whatever became of the steps before.</summary>
    /// <returns>False when it threw; the fault is counted.</returns>
    public bool Attempt<T>(string place, T state, Action<T> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        try
        {
            step(state);
            return true;
        }
        catch (Exception fault) when (Contains(fault))
        {
            Note(place, fault);
            return false;
        }
    }

    /// <summary>Counts a fault.</summary>
    public void Note(string place, Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        Interlocked.Increment(ref _count);
        if (onFirst is null)
            return;
        try
        {
            // A stack can't be looked at without descriptors where the runtime has still to load what it needs for that.
            if (IsNew(place, fault))
                onFirst(place, fault);
        }
        catch (Exception second) when (Contains(second))
        {
            // There is no other place to tell it.
            Interlocked.Increment(ref _count);
        }
    }

    private bool IsNew(string place, Exception fault)
    {
        lock (_gate)
        {
            return _kinds.Count < KindsMaximum && _kinds.Add((place, fault.GetType(), SiteOf(fault)));
        }
    }

    /// <summary>The method that threw, which a process that was compiled ahead knows by its name alone.</summary>
    private static string? SiteOf(Exception fault) =>
        new StackTrace(fault, fNeedFileInfo: false).GetFrame(0) is { } frame && DiagnosticMethodInfo.Create(frame) is { } method
            ? $"{method.DeclaringTypeName}.{method.Name}"
            : null;
}
