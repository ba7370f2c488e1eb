namespace TlsProxy.Handshake.Certificates;

/// <summary>Where a certificate lies.</summary>
/// <param name="Label">What the certificate is called in logs and statistics; certificates that are <see cref="Default"/> are for
/// everybody.</param>
/// <param name="ChainPath">PEM file: the server's certificate, then those that lead to its root.</param>
/// <param name="KeyPath">PEM file: the private key of the first certificate, without a password.</param>
public sealed record CertificateFiles(string Label, string ChainPath, string KeyPath)
{
    /// <summary>The label of certificates for clients that name no server, or one that isn't known here.</summary>
    public const string Default = "default";

    /// <summary>DER file beside the certificate with an OCSP response for it; it need not exist.</summary>
    public string StaplePath => Path.ChangeExtension(ChainPath, ".ocsp");

    /// <summary>Whether it is to be presented where no other fits.</summary>
    public bool IsDefault => Label == Default;
}
