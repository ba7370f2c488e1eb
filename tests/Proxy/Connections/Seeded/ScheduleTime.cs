using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>The time of day by a schedule's clock. It begins at that of the real clock, by which MemoryCache counts.</summary>
internal sealed class ScheduleTime(FakeClock clock) : TimeProvider
{
    private readonly long _start = System.GetUtcNow().ToUnixTimeSeconds();

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => clock.Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(_start).AddTicks(clock.Now / 100);
}
