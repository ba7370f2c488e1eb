namespace TlsProxy.Proxy.Hosting;

/// <summary>Threads of the runtime's pool and of its timers. The start of one takes some descriptors, and the runtime ends the process
/// where there are none. So a good number is started beforehand and kept, and while descriptors are short no more are started.</summary>
internal static class PoolThreads
{
    // Exchanges with the origin wait for nothing; only name lookups keep a thread.
    private const int Prepared = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Starts threads until there is a good number. The runtime's setting ThreadsToKeepAlive lets none of them end.</summary>
    public static void Prepare()
    {
        PrepareTimers();
        ThreadPool.GetMinThreads(out var workers, out var completions);
        var count = Math.Max(Prepared, 2 * workers);
        if (!ThreadPool.SetMinThreads(count, completions))
            return;
        // Each waits until all are there, so that none takes two turns.
        var awaited = new CountdownEvent(count);
        for (var i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static all =>
                {
                    all.Signal();
                    all.Wait(s_patience);
                },
                awaited, preferLocal: false);
        }

        awaited.Wait(s_patience);
        ThreadPool.SetMinThreads(workers, completions);
    }

    /// <summary>The first timer starts the thread of all; an idle proxy has none.</summary>
    private static void PrepareTimers()
    {
        using var rung = new ManualResetEventSlim();
        using var timer = new Timer(static rung => ((ManualResetEventSlim)rung!).Set(), rung, dueTime: 1, Timeout.Infinite);
        rung.Wait();
    }

    /// <summary>Starts no more than there are.</summary>
    /// <returns>The number that was allowed before.</returns>
    public static int Hold()
    {
        ThreadPool.GetMaxThreads(out var workers, out var completions);
        ThreadPool.SetMaxThreads(ThreadPool.ThreadCount, completions);
        return workers;
    }

    /// <summary>Allows as many as before <see cref="Hold"/>.</summary>
    public static void Release(int workers)
    {
        ThreadPool.GetMaxThreads(out _, out var completions);
        ThreadPool.SetMaxThreads(workers, completions);
    }
}
