namespace TlsProxy.Handshake;

/// <summary>The certificate of a client, whose chain has been verified.</summary>
/// <param name="Subject">Its subject as text (RFC 4514), in printable ASCII.</param>
/// <param name="Der">The certificate in DER.</param>
public sealed record ClientCertificate(string Subject, ReadOnlyMemory<byte> Der);
