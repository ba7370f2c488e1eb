namespace TlsProxy.Handshake.Keys;

/// <summary>Protocol versions by their numbers on the wire (RFC 9846, section 4.2.2).</summary>
public enum TlsVersion : ushort
{
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}
