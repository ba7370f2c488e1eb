namespace TlsProxy.Proxy.Tests;

/// <summary>A clock that a test moves. It begins at the time of the real one, by which MemoryCache counts.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(System.GetUtcNow().ToUnixTimeSeconds());
    private long _uptime = 1_000_000;

    public long Seconds => _now.ToUnixTimeSeconds();

    public long Milliseconds => _now.ToUnixTimeMilliseconds();

    public override long TimestampFrequency => 1000;

    /// <summary>Called at each look at the clock, at which another thread may come in between.</summary>
    public Action? OnLook { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        OnLook?.Invoke();
        return _now;
    }

    public override long GetTimestamp()
    {
        OnLook?.Invoke();
        return _uptime;
    }

    public void Advance(long seconds) => AdvanceMilliseconds(1000 * seconds);

    public void AdvanceMilliseconds(long milliseconds)
    {
        _now = _now.AddMilliseconds(milliseconds);
        _uptime += milliseconds;
    }

    /// <summary>Somebody sets the time of day.</summary>
    public void SetBack(long seconds) => _now = _now.AddSeconds(-seconds);
}
