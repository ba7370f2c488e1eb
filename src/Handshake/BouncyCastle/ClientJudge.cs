using Org.BouncyCastle.Asn1.X509;
using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Asks clients for certificates and judges their chains, as libssl does: both leave that to libcrypto.</summary>
internal sealed class ClientJudge : IDisposable
{
    private readonly TrustStore _store;
    private readonly bool _isRequired;
    private readonly X509Name[] _names;

    /// <param name="level">libssl's security level.</param>
    /// <exception cref="TlsConfigurationException">The authorities can't be used.</exception>
    public ClientJudge(ClientAuthorities authorities, bool isRequired, int level)
    {
        _isRequired = isRequired;
        _store = TrustStore.TryCreate(authorities.Pem.Span, level, out var reason) ?? throw new TlsConfigurationException(
            $"The clients' authorities {authorities.Path} can't be used ({reason}): "
            + "name a PEM file with the certificates of authorities.");
        _names = [.. _store.Subjects.Select(X509Name.GetInstance).Distinct()];
    }

    /// <summary>A request of TLS 1.2 without signature algorithms that hash by themselves: for their sake BouncyCastle would keep the whole
    /// transcript a second time.</summary>
    public static Tls.CertificateRequest ShortRequest { get; } = new(
        [Tls.ClientCertificateType.ecdsa_sign, Tls.ClientCertificateType.rsa_sign],
        [Tls.SignatureScheme.GetSignatureAndHashAlgorithm((int)SignatureScheme.EcdsaSha256)],
        []);

    private static List<Tls.SignatureAndHashAlgorithm> Signatures =>
        [.. TlsPolicy.Signatures.Select(scheme => Tls.SignatureScheme.GetSignatureAndHashAlgorithm((int)scheme))];

    public Tls.CertificateRequest Request(bool isTls13) => isTls13
        ? new Tls.CertificateRequest([], Signatures, null, _names)
        : new Tls.CertificateRequest([Tls.ClientCertificateType.ecdsa_sign, Tls.ClientCertificateType.rsa_sign], Signatures, _names);

    /// <summary>Judges what a client has presented.</summary>
    /// <returns>Its certificate; null for none.</returns>
    /// <exception cref="Tls.TlsFatalAlert">There is none, or it can't be trusted.</exception>
    public PeerCertificate? Judge(Tls.Certificate presented, bool isTls13)
    {
        if (presented.IsEmpty)
        {
            return _isRequired
                ? throw new Tls.TlsFatalAlert(
                    isTls13 ? Tls.AlertDescription.certificate_required : Tls.AlertDescription.handshake_failure)
                : null;
        }

        byte[][] chain = [.. presented.GetCertificateList().Select(certificate => certificate.GetEncoded())];
        var verdict = _store.Verify(chain, out var subject, out var reason);
        if (verdict != TrustStore.Trusted)
            throw new Tls.TlsFatalAlert(CertificateAlert.Of(verdict), reason);
        return new PeerCertificate(subject, chain[0]);
    }

    public void Dispose() => _store.Dispose();
}
