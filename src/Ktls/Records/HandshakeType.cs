namespace TlsProxy.Ktls.Records;

/// <summary>Types of handshake messages (RFC 9846, section 4).</summary>
internal enum HandshakeType : byte
{
    /// <summary>Of TLS 1.2; no other message has this number.</summary>
    HelloRequest = 0,
    ClientHello = 1,
    NewSessionTicket = 4,
    KeyUpdate = 24,
}
