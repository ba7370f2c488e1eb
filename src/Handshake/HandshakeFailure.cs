namespace TlsProxy.Handshake;

/// <summary>Why a handshake failed.</summary>
/// <param name="Reason">In a few words for a log.</param>
/// <param name="IsPlaintextHttp">Whether the peer speaks HTTP without TLS; there is no alert then.</param>
public readonly record struct HandshakeFailure(string Reason, bool IsPlaintextHttp);
