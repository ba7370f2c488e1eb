namespace TlsProxy.Handshake.Certificates;

/// <summary>What reading the files again has brought.</summary>
/// <param name="Changes">The certificates that are presented anew, or no more.</param>
/// <param name="TicketKeysChanged">Whether other ticket keys are in use.</param>
/// <param name="Refusals">One sentence for each file that couldn't be used; what was in its place goes on.</param>
public sealed record CertificateReload(IReadOnlyList<CertificateChange> Changes, bool TicketKeysChanged, IReadOnlyList<string> Refusals);
