namespace TlsProxy.Proxy.Tests;

/// <summary>A clock that a test moves. It begins at the time of the real one, by which MemoryCache counts.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(System.GetUtcNow().ToUnixTimeSeconds());
    private long _uptime = 1000;

    public long Seconds => _now.ToUnixTimeSeconds();

    public override long TimestampFrequency => 1;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _uptime;

    public void Advance(long seconds)
    {
        _now = _now.AddSeconds(seconds);
        _uptime += seconds;
    }

    /// <summary>Somebody sets the time of day.</summary>
    public void SetBack(long seconds) => _now = _now.AddSeconds(-seconds);
}
