namespace TlsProxy.Handshake.Certificates;

/// <summary>One certificate that was replaced, added or removed.</summary>
/// <param name="Before">Null for one that is new.</param>
/// <param name="After">Null for one that is gone.</param>
public sealed record CertificateChange(ServerCertificate? Before, ServerCertificate? After)
{
    /// <summary>Names that were served by it and are not any more; usually none.</summary>
    public IReadOnlyList<string> LostNames => Before is null ? [] : [.. Before.Names.Names.Except(After?.Names.Names ?? [])];
}
