using Microsoft.Extensions.Logging;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Keeps the soft limit of open files where the start has raised it. Another process may lower it (prlimit(2)), and the runtime
/// ends a process that has no descriptors left for a thread that it starts; below the hard limit no privilege is needed to raise it again.
/// The runtime starts threads for code that runs, so loops and the upkeep thread look before they go on after a rest. Callable from any
/// thread.</summary>
internal sealed class RestoredLimit(ILogger logger)
{
    // A busy loop's: one look is one system call.
    private static readonly TimeSpan LoopPeriod = TimeSpan.FromMilliseconds(250);

    // One thread at a time raises the limit, so that each lowering leaves one line in the log.
    private readonly Lock _gate = new();
    private readonly int _atStart = DescriptorLimit.Raise();

    /// <summary>A loop's look at the limit.</summary>
    public PeriodicCheck NewCheck() => new(LoopPeriod, Restore);

    /// <summary>Raises the limit again if it was lowered.</summary>
    public void Restore() => _ = IsLowered();

    /// <summary>Raises the limit again if it was lowered.</summary>
    /// <returns>Whether it is still lower than at the start, since the hard limit is.</returns>
    public bool IsLowered()
    {
        if (DescriptorLimit.Current() >= _atStart)
            return false;
        lock (_gate)
        {
            var lowered = DescriptorLimit.Current();
            var raised = DescriptorLimit.Raise();
            if (raised > lowered)
                ProxyLog.LimitRestored(logger, lowered, raised);
            return raised < _atStart;
        }
    }
}
