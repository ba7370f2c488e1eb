using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A certificate with its key, which signs by libcrypto: the key never comes to the managed heap.</summary>
internal sealed class CertificateSigner(PresentedCertificate certificate, SignatureScheme scheme, Tls.Certificate message)
    : Tls.TlsCredentialedSigner, TlsStreamSigner
{
    private readonly MemoryStream _signed = new();

    public Tls.Certificate Certificate => message;

    public Tls.SignatureAndHashAlgorithm SignatureAndHashAlgorithm => Tls.SignatureScheme.GetSignatureAndHashAlgorithm((int)scheme);

    public Stream Stream => _signed;

    public TlsStreamSigner GetStreamSigner() => this;

    // The engine closes the stream first.
    public byte[] GetSignature() => PrivateKeys.Sign(certificate.Handle, scheme, _signed.ToArray());

    public byte[] GenerateRawSignature(byte[] hash) => throw new Tls.TlsFatalAlert(Tls.AlertDescription.internal_error);
}
