namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Counts the bytes of handshake messages that records have brought, and those that messages have taken. Between two keys nothing
/// of a message may be left (RFC 9846, section 5.1), and BouncyCastle doesn't tell what is.</summary>
internal sealed class HandshakeBytes
{
    private long _brought;
    private long _taken;

    /// <summary>Whether a record has brought more than the messages in it.</summary>
    public bool IsRest => _brought != _taken;

    /// <summary>Whether the client's records are protected from now on; until then what they bring is in clear.</summary>
    public bool IsProtected { get; set; }

    public void Bring(int count) => _brought += count;

    public void Take(long count) => _taken += count;
}
