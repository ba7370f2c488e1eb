using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>Work on very many nodes under a lock for which clients wait: it is done in slices, between which others get the lock.</summary>
internal static class LockSlices
{
    /// <summary>What a step costs that removes a node; one that only looks costs 1.</summary>
    public const int RemovalCost = 16;

    // Looks in one hold of the lock: at most some milliseconds.
    private const int SliceCost = 4096;

    /// <summary>Takes steps until one costs nothing, which says that all is done. The caller holds no lock.</summary>
    public static void Run(CacheNodes nodes, Func<int> step)
    {
        LockOrder.CheckNoneHeld("work in slices");
        for (var cost = 1; cost > 0; nodes.Turns.LetIn())
        {
            // Whatever the steps read is read again in each slice: other threads change it between two.
            using var hold = nodes.Enter();
            for (var spent = 0; spent < SliceCost && cost > 0; spent += cost)
                cost = step();
        }
    }
}
