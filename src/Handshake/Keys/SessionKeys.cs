namespace TlsProxy.Handshake.Keys;

/// <summary>What a handshake leaves behind: version, suite, and the record keys of both directions. Whoever takes it disposes it.</summary>
public sealed class SessionKeys(TlsVersion version, CipherSuite suite, TrafficKeys transmit, TrafficKeys receive) : IDisposable
{
    public TlsVersion Version { get; } = version;

    public CipherSuite Suite { get; } = suite;

    /// <summary>Of the records the server sends.</summary>
    public TrafficKeys Transmit { get; } = transmit;

    /// <summary>Of the records the client sends.</summary>
    public TrafficKeys Receive { get; } = receive;

    /// <summary>Zeroes the keys of both directions.</summary>
    public void Dispose()
    {
        Transmit.Dispose();
        Receive.Dispose();
    }
}
