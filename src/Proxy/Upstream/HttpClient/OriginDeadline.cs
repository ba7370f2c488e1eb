namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>The one cancellation of a request to the origin, by its deadlines or by the proxy, and which of them it was.</summary>
internal sealed class OriginDeadline : IDisposable
{
    // Guards the source against its disposal: loops and threads of the origin arm and cancel it while the exchange's thread may end it.
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source;

    // Written under the lock before the token is cancelled, and read without it by the thread that finds the token cancelled.
    private volatile OriginFailure _reason;
    private bool _disposed;

    public OriginDeadline(TimeProvider time)
    {
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        Token = _source.Token;
    }

    public CancellationToken Token { get; }

    /// <summary>Why the token was cancelled, once it is.</summary>
    public OriginFailure Reason => _reason;

    /// <summary>Starts the deadline anew; when it passes, <paramref name="reason"/> is why.</summary>
    public void Arm(OriginFailure reason, TimeSpan timeout)
    {
        lock (_lock)
        {
            if (_disposed || _reason == OriginFailure.Cancelled || _source.IsCancellationRequested)
                return;
            _reason = reason;
            _source.CancelAfter(timeout);
        }
    }

    public void Disarm() => Arm(OriginFailure.None, Timeout.InfiniteTimeSpan);

    /// <summary>Cancels without running what hangs on the token on the caller's thread, which may be a loop's.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            if (_disposed || _source.IsCancellationRequested)
                return;
            _reason = OriginFailure.Cancelled;
            _ = _source.CancelAsync();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _source.Dispose();
        }
    }
}
