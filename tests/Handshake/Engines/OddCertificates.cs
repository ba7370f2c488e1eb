using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Certificates with keys and signatures of any kind, as PEM files. Keys are Ed25519, Ed448, RSA with its bits, or over a curve by
/// its name; signatures are called as BouncyCastle calls them.</summary>
internal static class OddCertificates
{
    private static readonly X509Name s_leaf = new("CN=localhost");
    private static readonly X509Name s_root = new("CN=Odd root");

    /// <summary>Writes a certificate that signs itself, and its key.</summary>
    public static void SaveSelfSigned(string kind, string chainPath, string keyPath)
    {
        var pair = MakeKey(kind);
        Write(chainPath, Issue(s_leaf, pair.Public, s_leaf, pair.Private, UsualSignature(kind)));
        WriteKey(keyPath, pair.Private);
    }

    /// <summary>Writes a certificate, its key, and the authority that has issued it.</summary>
    public static void SaveIssued(
        string kind, string authorityKind, string signature, string chainPath, string keyPath, string authorityPath)
    {
        var (pair, root) = (MakeKey(kind), MakeKey(authorityKind));
        Write(authorityPath, Issue(s_root, root.Public, s_root, root.Private, UsualSignature(authorityKind)));
        Write(chainPath, Issue(s_leaf, pair.Public, s_root, root.Private, signature));
        WriteKey(keyPath, pair.Private);
    }

    private static X509Certificate Issue(
        X509Name subject, AsymmetricKeyParameter key, X509Name issuer, AsymmetricKeyParameter issuerKey, string signature)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(64, new SecureRandom()).SetBit(62));
        generator.SetIssuerDN(issuer);
        generator.SetSubjectDN(subject);
        generator.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        generator.SetNotAfter(DateTime.UtcNow.AddDays(1));
        generator.SetPublicKey(key);
        if (subject == s_root)
            generator.AddExtension(X509Extensions.BasicConstraints, critical: true, new BasicConstraints(cA: true));
        var names = new GeneralNames(new GeneralName(GeneralName.DnsName, "localhost"));
        generator.AddExtension(X509Extensions.SubjectAlternativeName, critical: false, names);
        return generator.Generate(new Asn1SignatureFactory(signature, issuerKey));
    }

    private static void Write(string path, X509Certificate certificate) =>
        File.WriteAllText(path, PemEncoding.WriteString("CERTIFICATE", certificate.GetEncoded()));

    private static void WriteKey(string path, AsymmetricKeyParameter privateKey)
    {
        var key = PrivateKeyInfoFactory.CreatePrivateKeyInfo(privateKey);
        // Without the public key beside it, which OpenSSL 3.0 can't read.
        var bare = new PrivateKeyInfo(key.PrivateKeyAlgorithm, key.ParsePrivateKey());
        File.WriteAllText(path, PemEncoding.WriteString("PRIVATE KEY", bare.GetDerEncoded()));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string UsualSignature(string kind) => kind switch
    {
        "Ed25519" or "Ed448" => kind,
        _ when kind.StartsWith("RSA", StringComparison.Ordinal) => "SHA256withRSA",
        _ => "SHA256withECDSA",
    };

    private static AsymmetricCipherKeyPair MakeKey(string kind)
    {
        if (kind.StartsWith("RSA", StringComparison.Ordinal))
        {
            using var key = RSA.Create(int.Parse(kind.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture));
            return DotNetUtilities.GetRsaKeyPair(key);
        }

        var isEdwards = kind.StartsWith("Ed", StringComparison.Ordinal);
        var generator = GeneratorUtilities.GetKeyPairGenerator(isEdwards ? kind : "ECDSA");
        var random = new SecureRandom();
        generator.Init(isEdwards
            ? new KeyGenerationParameters(random, 256)
            : new ECKeyGenerationParameters(ECNamedCurveTable.GetOid(kind), random));
        return generator.GenerateKeyPair();
    }
}
