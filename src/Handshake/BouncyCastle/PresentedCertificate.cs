using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A certificate with its chain, and which signatures its key makes.</summary>
internal sealed class PresentedCertificate
{
    private readonly ServerCertificate _certificate;
    private readonly KeySchemes _schemes;
    private readonly IssuerSignature _issued;

    /// <exception cref="TlsConfigurationException">No signature algorithm of the policy fits the key, or it is too weak.</exception>
    public PresentedCertificate(ServerCertificate certificate, StrengthRules strength)
    {
        _certificate = certificate;
        if (!strength.Allow(certificate.Handle, out var reason))
        {
            throw new TlsConfigurationException(
                $"The certificate {certificate.Files.ChainPath} can't be used ({reason}): name one with a key that is strong enough.");
        }

        var schemes = KeySchemes.TryOf(PrivateKeys.KindOf(certificate.Handle))?.Only(one => PrivateKeys.CanSign(certificate.Handle, one));
        _schemes = schemes is { IsEmpty: false } ? schemes : throw new TlsConfigurationException(
            $"The certificate {certificate.Files.ChainPath} can't be used (no signature algorithm of TLS fits its key, "
            + $"which is for {certificate.KeyAlgorithm}): name one with a key for RSA, for ECDSA over P-256, P-384 or P-521, "
            + "or for Ed25519 or Ed448.");
        _issued = IssuerSignature.Of(certificate.Handle);
        Chain = [.. Enumerable.Range(0, certificate.Handle.ChainLength + 1)
            .Select(place => new EncodedCertificate(certificate.Handle.Encode(place)))];
    }

    /// <summary>Whether suites with ECDSA are for it; else those with RSA.</summary>
    public bool IsEcdsa => _schemes.IsEcdsa;

    /// <summary>The IANA number of the curve of its key; null where there is none to choose.</summary>
    public ushort? Curve => _schemes.Curve;

    public IReadOnlyList<EncodedCertificate> Chain { get; }

    /// <summary>Key and certificate as libcrypto holds them.</summary>
    public CertificateHandle Handle => _certificate.Handle;

    /// <summary>Whether the key makes such signatures in a version.</summary>
    public bool Signs(SignatureScheme scheme, TlsVersion version) => _schemes.Signs(scheme, version);

    /// <summary>Whether its issuer has signed it by one of the schemes that a client understands in certificates, where the client tells
    /// them (RFC 9846, section 4.3.3).</summary>
    public bool IsIssuedBy(ushort[]? schemes) => schemes is null || Array.Exists(schemes, _issued.IsOf);

    /// <summary>The OCSP response, if there is one that isn't stale.</summary>
    public OcspStaple? StapleAt(DateTimeOffset time) =>
        _certificate.Staple is { } staple && staple.IsFreshAt(time) ? staple : null;
}
