using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Has the cache's gate taken in turns where work is done in slices. The runtime lets a thread that has just left a lock in again
/// before one that has to wake up for it, for as long as a tenth of a second: a store would wait for hundreds of slices.</summary>
internal sealed class GateTurns
{
    // Threads that wait, each of which counts itself by interlocked operations.
    private int _waiting;

    // Written by the thread that holds the gate, read by the one that has left it.
    private int _taken;

    /// <summary>Whether a thread waits.</summary>
    public bool IsAwaited => Volatile.Read(ref _waiting) > 0;

    public void Enter(Lock gate)
    {
        // Whichever thread holds the gate leaves it by Exit.
        if (!gate.TryEnter(LockRank.Cache))
        {
            Interlocked.Increment(ref _waiting);
            _ = gate.Enter(LockRank.Cache);
            Interlocked.Decrement(ref _waiting);
        }

        Volatile.Write(ref _taken, _taken + 1);
    }

    /// <summary>Returns when a thread that waits has had the gate, at once where none does; called between two slices, without the gate.
    /// </summary>
    public void LetIn()
    {
        var taken = Volatile.Read(ref _taken);
        for (var wait = default(SpinWait); IsAwaited && Volatile.Read(ref _taken) == taken;)
            wait.SpinOnce();
    }
}
