namespace TlsProxy.Proxy.Exchanges;

/// <summary>How fast a request's body comes. It is measured only while the proxy is ready to read: a client that waits for the origin,
/// or for 100 Continue, isn't slow. Times are nanoseconds of the loop's clock.</summary>
/// <param name="bytesPerSecond">The slowest pace, or 0 for any.</param>
/// <param name="grace">How long the pace may be slower in the beginning.</param>
/// <param name="silence">The longest time without a byte. It also bounds how long a fast beginning makes up for a slow end.</param>
internal struct UploadPace(long bytesPerSecond, TimeSpan grace, TimeSpan silence)
{
    private const double Second = 1_000_000_000;
    private const long NanosecondsPerTick = 100;

    private bool _isReady;
    private long _since;
    private long _ready;
    private long _silent;

    // Bytes more than the slowest pace would have brought.
    private double _ahead;

    /// <summary>The proxy takes bytes from now on.</summary>
    public void Resume(long now)
    {
        Settle(now);
        _isReady = true;
    }

    /// <summary>The proxy has no room for more bytes.</summary>
    public void Pause(long now)
    {
        Settle(now);
        _isReady = false;
    }

    /// <summary>Bytes have been taken.</summary>
    public void Take(int bytes, long now)
    {
        Settle(now);
        if (bytes == 0)
            return;
        _silent = 0;
        _ahead = Math.Min(_ahead + bytes, bytesPerSecond * silence.TotalSeconds);
    }

    /// <summary>Whether the body has come too slowly up to now.</summary>
    public bool IsTooSlow(long now)
    {
        Settle(now);
        return _silent >= silence.Ticks * NanosecondsPerTick || (_ready >= grace.Ticks * NanosecondsPerTick && _ahead < 0);
    }

    private void Settle(long now)
    {
        var elapsed = _isReady ? now - _since : 0;
        _since = now;
        _ready += elapsed;
        _silent += elapsed;
        _ahead -= bytesPerSecond * (elapsed / Second);
    }
}
