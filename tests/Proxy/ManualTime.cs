namespace TlsProxy.Proxy.Tests;

/// <summary>A clock that a test moves. It begins at the time of the real one, by which MemoryCache counts.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.FromUnixTimeSeconds(System.GetUtcNow().ToUnixTimeSeconds());

    public long Seconds => _now.ToUnixTimeSeconds();

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(long seconds) => _now = _now.AddSeconds(seconds);
}
