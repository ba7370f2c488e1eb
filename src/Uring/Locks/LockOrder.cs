using System.Diagnostics;

namespace TlsProxy.Uring.Locks;

/// <summary>Takes locks by their rank. Checked builds fail where that is out of order; in others it costs what the lock costs.</summary>
public static class LockOrder
{
    // The gate of each rank that this thread has taken last. Whether it is still held the gate itself says, so that no call marks its end.
    [ThreadStatic]
    private static Lock?[]? s_last;

    /// <summary>Takes a gate until the scope is disposed.</summary>
    public static Lock.Scope Enter(this Lock gate, LockRank rank)
    {
        Check(gate, rank);
        return gate.EnterScope();
    }

    /// <summary>Takes a gate that is free; <see cref="Lock.Exit"/> gives it back.</summary>
    public static bool TryEnter(this Lock gate, LockRank rank)
    {
        Check(gate, rank);
        return gate.TryEnter();
    }

    /// <summary>Before work that takes long: checked builds fail where this thread holds a ranked lock, for which others would wait
    /// meanwhile.</summary>
    /// <param name="work">What it is, as the subject of a sentence.</param>
    [Conditional("DEBUG")]
    public static void CheckNoneHeld(string work)
    {
        if (HeldRank() is { } rank)
            Debug.Fail($"{work} began within a lock of rank {rank}.");
    }

    /// <summary>The first rank of which this thread holds a lock that was noted; null for none.</summary>
    internal static LockRank? HeldRank()
    {
        var held = Array.FindIndex(s_last ?? [], static gate => gate is { IsHeldByCurrentThread: true });
        return held < 0 ? null : (LockRank)held;
    }

    /// <summary>What is wrong with taking a gate now on this thread, which notes that it was taken; null where nothing is.</summary>
    internal static string? BreachOf(Lock gate, LockRank rank)
    {
        var last = s_last ??= new Lock?[Enum.GetValues<LockRank>().Length];
        for (var other = (int)rank; other < last.Length; other++)
        {
            if (last[other] is { IsHeldByCurrentThread: true } held && held != gate)
                return $"A lock of rank {rank} was taken within one of rank {(LockRank)other}.";
        }

        last[(int)rank] = gate;
        return null;
    }

    /// <summary>Before the gate is taken: what would wait for ever fails instead.</summary>
    [Conditional("DEBUG")]
    private static void Check(Lock gate, LockRank rank)
    {
        if (BreachOf(gate, rank) is { } breach)
            Debug.Fail(breach);
    }
}
