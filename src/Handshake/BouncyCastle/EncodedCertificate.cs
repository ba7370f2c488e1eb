using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Tls.Crypto;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A certificate as bytes, which the engine doesn't look into.</summary>
internal class EncodedCertificate(byte[] encoding) : TlsCertificate
{
    public BigInteger SerialNumber => throw Unasked();

    public string SigAlgOid => throw Unasked();

    public byte[] GetEncoded() => encoding;

    public TlsEncryptor CreateEncryptor(int tlsCertificateRole) => throw Unasked();

    public TlsVerifier CreateVerifier(short signatureAlgorithm) => throw Unasked();

    public virtual Tls13Verifier CreateVerifier(int signatureScheme) => throw Unasked();

    public byte[] GetExtension(DerObjectIdentifier extensionOid) => throw Unasked();

    public Asn1Encodable GetSigAlgParams() => throw Unasked();

    public short GetLegacySignatureAlgorithm() => throw Unasked();

    public bool SupportsSignatureAlgorithm(short signatureAlgorithm) => throw Unasked();

    public bool SupportsSignatureAlgorithmCA(short signatureAlgorithm) => throw Unasked();

    public TlsCertificate CheckUsageInRole(int tlsCertificateRole) => throw Unasked();

    private static Tls.TlsFatalAlert Unasked() => new(Tls.AlertDescription.internal_error, "a certificate was looked into");
}
