namespace TlsProxy.Handshake.Keys;

/// <summary>What a handshake leaves behind: version, suite, and the record keys of both directions. The memory can serve one session after
/// the other; whoever holds keys disposes them.</summary>
public sealed class SessionKeys : IDisposable
{
    /// <summary>Without keys, for <see cref="TakeFrom"/>.</summary>
    public SessionKeys()
        : this(default, default, new TrafficKeys(), new TrafficKeys())
    {
    }

    public SessionKeys(
        TlsVersion version, CipherSuite suite, TrafficKeys transmit, TrafficKeys receive, RecordRequirements requirements = default,
        HandshakeRole role = HandshakeRole.Server)
    {
        Role = role;
        Requirements = requirements;
        Version = version;
        Suite = suite;
        Transmit = transmit;
        Receive = receive;
    }

    /// <summary>The side that the keys are of.</summary>
    public HandshakeRole Role { get; private set; }

    public TlsVersion Version { get; private set; }

    public CipherSuite Suite { get; private set; }

    /// <summary>What the records must honour beside the keys.</summary>
    public RecordRequirements Requirements { get; private set; }

    /// <summary>Of the records that this side sends.</summary>
    public TrafficKeys Transmit { get; }

    /// <summary>Of the records that the peer sends.</summary>
    public TrafficKeys Receive { get; }

    /// <summary>Moves the keys of another here; it is left without any.</summary>
    public void TakeFrom(SessionKeys other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Begin(other.Role, other.Version, other.Suite, other.Requirements);
        Transmit.CopyFrom(other.Transmit);
        Receive.CopyFrom(other.Receive);
        other.Dispose();
    }

    /// <summary>Zeroes the keys of both directions; nothing tells any more whose they were.</summary>
    public void Dispose()
    {
        Begin(default, default, default, default);
        Transmit.Dispose();
        Receive.Dispose();
    }

    /// <summary>Begins with the keys of a session, which are then set.</summary>
    internal void Begin(HandshakeRole role, TlsVersion version, CipherSuite suite, RecordRequirements requirements)
    {
        Role = role;
        Requirements = requirements;
        Version = version;
        Suite = suite;
    }
}
