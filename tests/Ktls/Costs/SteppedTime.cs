namespace TlsProxy.Ktls.Tests.Costs;

/// <summary>A clock that stands still but for what a test lets pass.</summary>
internal sealed class SteppedTime : TimeProvider
{
    public TimeSpan Passed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Passed.Ticks;

    public void Pass(TimeSpan time) => Passed += time;
}
