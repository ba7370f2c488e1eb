namespace TlsProxy.Handshake.Engines;

/// <summary>What a handshake begins with; the role is that of the setup.</summary>
/// <param name="Setup">Must be referenced until the handshake ends.</param>
/// <param name="ServerName">A client's: the server that it names (SNI) and whose certificate it expects.</param>
/// <param name="Session">A client's: the session that it offers to resume, or null.</param>
internal readonly record struct HandshakeStart(EngineSetup Setup, string? ServerName = null, EngineSession? Session = null);
