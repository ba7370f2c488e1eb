namespace TlsProxy.Proxy.Connections;

/// <summary>What handshakes may take from one worker.</summary>
internal sealed record HandshakeLimits
{
    /// <summary>Bytes that OpenSSL holds for a handshake that waits for the client's last flight, rounded up.</summary>
    public const int HeldBytes = 75 * 1024;

    /// <summary>Steps of handshakes a turn of the loop, so that a turn of handshakes doesn't keep established connections waiting.</summary>
    public int StepsPerTurn { get; init; } = 8;

    /// <summary>Unfinished handshakes that hold memory of the TLS library; a further one takes the place of the oldest.</summary>
    public int HeldMaximum { get; init; } = 1024;
}
