namespace TlsProxy.Testing;

/// <summary>Measures what code allocates on the managed heap.</summary>
public static class Allocations
{
    /// <summary>How often an action runs at most: the runtime may allocate for work of its own, such as compiling a method again, on any
    /// thread and at any time.</summary>
    public const int Tries = 4;

    /// <summary>Bytes that an action allocates on this thread: the least of several tries, each of which runs it once.</summary>
    public static long Least(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Tries && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
