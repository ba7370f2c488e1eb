using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Notices that descriptors have become short although they were shared out, and that this is over: the process's limit was
/// lowered, or the machine has none left.</summary>
internal sealed class DescriptorWatch : IDisposable
{
    // Most wakes of an idle proxy are these. Threads that work look at the limit themselves (RestoredLimit).
    private static readonly TimeSpan CalmPeriod = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ShortPeriod = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionLimit _connections;
    private readonly SpareDescriptors _spare;

    // A thread of its own: file systems that hang keep the one for upkeep, and the runtime's pool may lack threads just then.
    private readonly UpkeepThread _thread;
    private readonly UpkeepJob _look;
    private readonly RestoredLimit _limit;

    private readonly ILogger _logger;

    // All are the thread's alone.
    private bool _isLowered;
    private bool _isShort;
    private int _threadsBefore;

    public DescriptorWatch(ConnectionLimit connections, SpareDescriptors spare, RestoredLimit limit, FaultLedger faults, ILogger logger)
    {
        _limit = limit;
        _connections = connections;
        _logger = logger;
        _spare = spare;
        _thread = new UpkeepThread(faults, "descriptors");
        _look = _thread.Add("the descriptor watch", Look, CalmPeriod);
    }

    /// <summary>Something couldn't be opened: looks shortly whether that is over. Callable from any thread.</summary>
    public void LookSoon() => _look.RequestWithin(ShortPeriod);

    public void Dispose() => _thread.Dispose();

    private void Look()
    {
        var wasLowered = _isLowered;
        _isLowered = _limit.IsLowered();
        // Nothing is opened to find out how many are left below a lowered limit: the runtime could lack just those.
        var isShort = _isLowered || !_spare.TryRestore();
        if (!isShort)
            _connections.Restore();
        else if (!_isLowered || !wasLowered)
            _connections.Shrink();
        if (isShort)
            LookSoon();
        if (isShort == _isShort)
            return;
        _isShort = isShort;
        if (isShort)
        {
            _threadsBefore = PoolThreads.Hold();
            ProxyLog.DescriptorsShort(_logger, _connections.Allowed);
            return;
        }

        PoolThreads.Release(_threadsBefore);
        ProxyLog.DescriptorsBack(_logger, _connections.Maximum);
    }
}
