using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Notices that descriptors have become short although they were shared out, and that this is over: the process's limit was
/// lowered, or the machine has none left.</summary>
internal sealed class DescriptorWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly ConnectionLimit _connections;
    private readonly SpareDescriptors _spare;
    private readonly Timer _timer;
    private readonly int _limit = DescriptorLimit.Current();

    private readonly ILogger _logger;

    // All are the timer's alone.
    private bool _isLowered;
    private bool _isShort;
    private int _threadsBefore;

    public DescriptorWatch(ConnectionLimit connections, SpareDescriptors spare, FaultLedger faults, ILogger logger)
    {
        _connections = connections;
        _logger = logger;
        _spare = spare;
        _timer = new Timer(_ => faults.Run("the descriptor watch", this, static watch => watch.Look()), null, Period, Period);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var wasLowered = _isLowered;
        _isLowered = DescriptorLimit.Current() < _limit;
        // Nothing is opened to find out how many are left below a lowered limit: the runtime could lack just those.
        var isShort = _isLowered || !_spare.TryRestore();
        if (!isShort)
            _connections.Restore();
        else if (!_isLowered || !wasLowered)
            _connections.Shrink();
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
