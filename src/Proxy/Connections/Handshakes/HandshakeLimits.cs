using TlsProxy.Handshake;

namespace TlsProxy.Proxy.Connections.Handshakes;

/// <summary>What handshakes may take from one worker.</summary>
internal sealed record HandshakeLimits
{
    /// <summary>Bytes that a handshake holds which waits for the client's last flight, rounded up: OpenSSL's, and those of a cut record.
    /// </summary>
    public const int HeldBytes = 75 * 1024;

    // Bytes of the client that those are enough for.
    private const int BytesIncluded = 6 * 1024;

    // What is held of a long flight: as a record, as a message, and for the transcript, in buffers that grow by halves or double.
    private const int Copies = 4;

    /// <summary>Bytes that one handshake holds at most, however long its messages are.</summary>
    public const int LargestBytes = HeldBytes + (Copies * ServerHandshake.ReceivedMaximum);

    /// <summary>Steps of handshakes a turn of the loop, so that a turn of handshakes doesn't keep
    /// established connections waiting.</summary>
    public int StepsPerTurn { get; init; } = 8;

    /// <summary>Unfinished handshakes that hold memory of the TLS library; a further one takes the place of the oldest. One with long
    /// messages counts as several.</summary>
    public int HeldMaximum { get; init; } = 1024;

    /// <summary>Bytes of all of them.</summary>
    public long HeldBytesMaximum => (long)HeldMaximum * HeldBytes;

    /// <summary>Bytes that a handshake holds at most.</summary>
    /// <param name="received">Bytes that its client has sent.</param>
    public static int BytesOf(int received) => HeldBytes + (Copies * Math.Max(0, received - BytesIncluded));
}
