namespace TlsProxy.Handshake.Engines;

/// <summary>The certificate that the peer has presented.</summary>
/// <param name="Subject">Its subject as text (RFC 4514), in printable ASCII.</param>
/// <param name="Der">The certificate in DER.</param>
public sealed record PeerCertificate(string Subject, ReadOnlyMemory<byte> Der);
