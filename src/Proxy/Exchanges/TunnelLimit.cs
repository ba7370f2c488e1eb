namespace TlsProxy.Proxy.Exchanges;

/// <summary>How many tunnels there may be at once, of all workers together; those count that an origin has still to accept. Callable from
/// any thread.</summary>
internal sealed class TunnelLimit(int maximum)
{
    // Changed by interlocked operations alone.
    private int _taken;

    public int Maximum => maximum;

    /// <summary>Counts a tunnel, if there is room for it.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= maximum)
            return true;
        Return();
        return false;
    }

    /// <summary>A tunnel has ended, or doesn't open.</summary>
    public void Return() => Interlocked.Decrement(ref _taken);
}
