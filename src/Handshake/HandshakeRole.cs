namespace TlsProxy.Handshake;

/// <summary>The side of a handshake, and of the connection behind it.</summary>
public enum HandshakeRole : byte
{
    Server,
    Client,
}
