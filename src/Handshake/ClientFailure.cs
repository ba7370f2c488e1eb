namespace TlsProxy.Handshake;

/// <summary>Why a client's handshake failed.</summary>
/// <param name="Reason">In a few words for a log.</param>
/// <param name="IsOfCertificate">Whether the server's certificate was refused.</param>
public readonly record struct ClientFailure(string Reason, bool IsOfCertificate);
