namespace TlsProxy.Proxy.Fetching;

/// <summary>What is counted of all fetches together. Callable from any thread.</summary>
internal sealed class FetchNumbers
{
    // Changed by interlocked operations alone.
    private long _started;
    private long _moments;
    private int _active;

    /// <summary>Fetches under way.</summary>
    public int Active => Volatile.Read(ref _active);

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
    public void OnRemoved() => Interlocked.Decrement(ref _active);
}
