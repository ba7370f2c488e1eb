namespace TlsProxy.Testing.Backend;

/// <summary>Time for one schedule; several back ends may share it.</summary>
public sealed class FakeClock
{
    /// <summary>Nanoseconds since the beginning.</summary>
    public long Now { get; private set; } = 1_000_000_000;

    public void Advance(long nanoseconds) => Now += nanoseconds;
}
