namespace TlsProxy.Ktls.Records;

/// <summary>Types of handshake messages (RFC 9846, section 4).</summary>
internal enum HandshakeType : byte
{
    None = 0,
    ClientHello = 1,
    KeyUpdate = 24,
}
