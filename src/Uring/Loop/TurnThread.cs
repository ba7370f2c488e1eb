using System.Diagnostics;

namespace TlsProxy.Uring.Loop;

/// <summary>Which thread runs a turn of a loop. Checked builds hold that no thread uses a loop while another runs its turn; in others that
/// check is left out.</summary>
internal struct TurnThread
{
    // Its managed number, 0 between turns. It writes that itself; another thread finds a number that isn't its own, whatever it sees.
    private volatile int _number;

    /// <summary>Whether the caller's thread runs the turn. Callable from any thread.</summary>
    public readonly bool IsCurrent => _number == Environment.CurrentManagedThreadId;

    public void Begin()
    {
        Check();
        _number = Environment.CurrentManagedThreadId;
    }

    public void End() => _number = 0;

    [Conditional("DEBUG")]
    public readonly void Check()
    {
        var number = _number;
        Debug.Assert(
            number == 0 || number == Environment.CurrentManagedThreadId, "A loop was used while another thread runs its turn.");
    }
}
