namespace TlsProxy.Handshake.Engines;

/// <summary>Terms in a form of one engine's, which all handshakes of a role share. It doesn't change, and any thread may begin handshakes
/// with it. Its users hold references.</summary>
internal abstract class EngineSetup(HandshakeRole role) : RefCounted
{
    public HandshakeRole Role { get; } = role;
}
