using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using static TlsProxy.Handshake.Policy.SignatureScheme;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A certificate with its chain, and which signatures its key makes.</summary>
internal sealed class PresentedCertificate
{
    private static readonly SignatureScheme[] s_rsa =
        [RsaPssRsaeSha256, RsaPssRsaeSha384, RsaPssRsaeSha512, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512];

    private readonly ServerCertificate _certificate;
    private readonly SignatureScheme[] _schemes;
    private readonly SignatureScheme? _scheme13;

    /// <exception cref="TlsConfigurationException">No signature algorithm of the policy fits the key.</exception>
    public PresentedCertificate(ServerCertificate certificate)
    {
        _certificate = certificate;
        var curve = PrivateKeys.CurveOf(certificate.Handle);
        Curve = curve switch
        {
            "prime256v1" => NamedGroup.Secp256r1,
            "secp384r1" => NamedGroup.Secp384r1,
            _ => null,
        };
        IsEcdsa = certificate.KeyAlgorithm is "ECDSA" or "Ed25519" or "Ed448";
        _schemes = certificate.KeyAlgorithm switch
        {
            "RSA" => s_rsa,
            "RSA-PSS" => [RsaPssPssSha256, RsaPssPssSha384, RsaPssPssSha512],
            "ECDSA" => [EcdsaSha256, EcdsaSha384, EcdsaSha512],
            "Ed25519" => [Ed25519],
            "Ed448" => [Ed448],
            _ => throw new TlsConfigurationException(
                $"The certificate {certificate.Files.ChainPath} can't be used (its key is for {certificate.KeyAlgorithm}): "
                + "name one with a key for RSA, ECDSA or Ed25519."),
        };
        // TLS 1.3 ties the hash to the curve (RFC 9846, section 4.3.3).
        _scheme13 = curve switch
        {
            "prime256v1" => EcdsaSha256,
            "secp384r1" => EcdsaSha384,
            "secp521r1" => EcdsaSha512,
            _ => null,
        };
        Chain = [.. Enumerable.Range(0, certificate.Handle.ChainLength + 1)
            .Select(place => new EncodedCertificate(certificate.Handle.Encode(place)))];
    }

    /// <summary>Whether suites with ECDSA are for it; else those with RSA.</summary>
    public bool IsEcdsa { get; }

    /// <summary>The curve of its key; null where that is none of the policy's, or there is none.</summary>
    public NamedGroup? Curve { get; }

    public IReadOnlyList<EncodedCertificate> Chain { get; }

    /// <summary>Key and certificate as libcrypto holds them.</summary>
    public CertificateHandle Handle => _certificate.Handle;

    /// <summary>Whether the key makes such signatures in a version.</summary>
    public bool Signs(SignatureScheme scheme, TlsVersion version)
    {
        if (!_schemes.AsSpan().Contains(scheme))
            return false;
        if (version != TlsVersion.Tls13)
            return true;
        return scheme is not (RsaPkcs1Sha256 or RsaPkcs1Sha384 or RsaPkcs1Sha512) && (_scheme13 is not { } only || only == scheme);
    }

    /// <summary>The OCSP response, if there is one that isn't stale.</summary>
    public OcspStaple? StapleAt(DateTimeOffset time) =>
        _certificate.Staple is { } staple && staple.IsFreshAt(time) ? staple : null;
}
