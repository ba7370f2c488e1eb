namespace TlsProxy.Handshake.Engines;

/// <summary>The side of a handshake.</summary>
internal enum HandshakeRole : byte
{
    Server,
    Client,
}
