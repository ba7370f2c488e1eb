using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The time of day on one loop: read ten times a second at most, and counted on by the loop's clock in between.</summary>
internal sealed class WallClock(EventLoop loop, TimeProvider time)
{
    // A tenth of a second is how long a clock on the wall that somebody sets isn't noticed.
    private const long ReadAgainAfter = 100_000_000;
    private const long Millisecond = 1_000_000;

    private long _read = long.MinValue;
    private long _unixMilliseconds;

    /// <summary>Milliseconds since 1970.</summary>
    public long UnixMilliseconds
    {
        get
        {
            if (_read == long.MinValue || loop.Now - _read >= ReadAgainAfter)
            {
                _read = loop.Now;
                _unixMilliseconds = time.GetUtcNow().ToUnixTimeMilliseconds();
            }

            return _unixMilliseconds + ((loop.Now - _read) / Millisecond);
        }
    }

    /// <summary>Seconds since 1970.</summary>
    public long UnixSeconds => UnixMilliseconds / 1000;
}
