namespace TlsProxy.Proxy.Fetching;

/// <summary>What is counted of all fetches together. Callable from any thread.</summary>
internal sealed class FetchNumbers
{
    // Changed by interlocked operations alone.
    private long _started;
    private long _moments;
    private int _active;
    private int _refreshing;

    /// <summary>Fetches under way.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Refreshes in the background under way.</summary>
    public int Refreshing => Volatile.Read(ref _refreshing);

    /// <summary>Requests to the origin so far.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>The next of the numbers that tell which answer was asked for when another had come, and one drawing from the
    /// others.</summary>
    public long NextMoment() => Interlocked.Increment(ref _moments);

    /// <summary>A fetch becomes known.</summary>
    public void OnAdded() => Interlocked.Increment(ref _active);

    /// <summary>A fetch sends its request.</summary>
    public void OnStarted() => Interlocked.Increment(ref _started);

    /// <summary>A fetch has ended.</summary>
    /// <returns>Those left.</returns>
    public int OnRemoved() => Interlocked.Decrement(ref _active);

    /// <summary>A refresh in the background begins, unless there are too many.</summary>
    public bool TryBeginRefresh()
    {
        if (Interlocked.Increment(ref _refreshing) <= FetchLimits.RefreshesMaximum)
            return true;
        OnRefreshEnded();
        return false;
    }

    /// <summary>A refresh in the background asks the origin once more, however many there are.</summary>
    public void OnRefreshRepeated() => Interlocked.Increment(ref _refreshing);

    /// <summary>A refresh in the background has ended.</summary>
    public void OnRefreshEnded() => Interlocked.Decrement(ref _refreshing);
}
