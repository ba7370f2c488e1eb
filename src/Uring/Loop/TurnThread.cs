using System.Diagnostics;

namespace TlsProxy.Uring.Loop;

/// <summary>Holds in checked builds that no thread uses a loop while another runs its turn; in others its calls are left out.</summary>
internal struct TurnThread
{
    // Its managed number, 0 between turns. It writes that itself; another thread finds a number that isn't its own, whatever it sees.
    private volatile int _number;

    [Conditional("DEBUG")]
    public void Begin()
    {
        Check();
        _number = Environment.CurrentManagedThreadId;
    }

    [Conditional("DEBUG")]
    public void End() => _number = 0;

    [Conditional("DEBUG")]
    public readonly void Check()
    {
        var number = _number;
        Debug.Assert(
            number == 0 || number == Environment.CurrentManagedThreadId, "A loop was used while another thread runs its turn.");
    }
}
