namespace TlsProxy.Handshake.Engines;

/// <summary>What a handshake begins with; the role is that of the setup.</summary>
/// <param name="Setup">Must be referenced until the handshake ends.</param>
/// <param name="Server">A client's: the server whose certificate it expects, and which it names (SNI).</param>
/// <param name="Session">A client's: the session that it offers to resume, or null. It stays the caller's.</param>
internal readonly record struct HandshakeStart(EngineSetup Setup, ServerIdentity? Server = null, EngineSession? Session = null);
