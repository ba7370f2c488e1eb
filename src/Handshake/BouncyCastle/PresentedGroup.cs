using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Certificates that are presented for the same names, in the form that the engine sends them in.</summary>
internal sealed class PresentedGroup
{
    /// <exception cref="TlsConfigurationException">A certificate can't be used.</exception>
    public PresentedGroup(CertificateGroup group, ReadOnlyMemory<byte> sessionContext, StrengthRules strength)
    {
        Names = group.Names;
        SessionContext = sessionContext;
        Certificates = [.. group.Certificates.Select(certificate => new PresentedCertificate(certificate, strength))];
    }

    public CertificateNames Names { get; }

    /// <summary>Sessions of another context aren't resumed.</summary>
    public ReadOnlyMemory<byte> SessionContext { get; }

    public IReadOnlyList<PresentedCertificate> Certificates { get; }
}
