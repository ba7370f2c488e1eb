using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A certificate of a client's, as it was sent. libcrypto reads it, and verifies by it that the client has the key.</summary>
internal sealed class ClientCertificate(byte[] encoding) : EncodedCertificate(encoding)
{
    public override Tls13Verifier CreateVerifier(int signatureScheme) => new Verifier(this, (SignatureScheme)signatureScheme);

    /// <summary>Checks the signature of CertificateVerify (RFC 9846, section 4.5.3; RFC 5246, section 7.4.8).</summary>
    /// <exception cref="Tls.TlsFatalAlert">illegal_parameter where the scheme isn't one that was asked for, or isn't the key's;
    /// decrypt_error where the signature isn't by the key.</exception>
    public void Check(SignatureScheme scheme, TlsVersion version, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> signed)
    {
        using var key = ClientKey.TryRead(GetEncoded());
        if (key is null || KeySchemes.TryOf(key.Kind) is not { } schemes || !TlsPolicy.Signatures.Contains(scheme)
            || !schemes.Signs(scheme, version) || !IsCurveServed(schemes, version))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, $"the client's key doesn't sign by {scheme}");
        if (!key.Verifies(scheme, signature, signed))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.decrypt_error, "the client's signature is wrong");
    }

    /// <summary>In TLS 1.2 the groups are the curves of keys too (RFC 8422, section 5.1.1).</summary>
    private static bool IsCurveServed(KeySchemes schemes, TlsVersion version) =>
        version == TlsVersion.Tls13 || schemes.Curve is not { } curve || TlsPolicy.Groups.Contains((NamedGroup)curve);

    private sealed class Verifier(ClientCertificate certificate, SignatureScheme scheme) : Tls13Verifier
    {
        private readonly MemoryStream _signed = new();

        public Stream Stream => _signed;

        // The engine closes the stream first.
        public bool VerifySignature(byte[] signature)
        {
            certificate.Check(scheme, TlsVersion.Tls13, signature, _signed.ToArray());
            return true;
        }
    }
}
