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

/// <summary>Certificates that sign themselves, with keys of any kind.</summary>
internal static class SelfSigned
{
    /// <summary>Writes a certificate and its key as PEM files, the key for its owner only.</summary>
    /// <param name="kind">Ed25519, Ed448, RSA with its bits, or the name of a curve.</param>
    /// <param name="signature">As BouncyCastle calls it; null for the usual one.</param>
    public static void Save(string kind, string chainPath, string keyPath, string? signature = null)
    {
        var pair = MakeKey(kind);
        var name = new X509Name("CN=localhost");
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigInteger.ValueOf(DateTime.UtcNow.Ticks));
        generator.SetIssuerDN(name);
        generator.SetSubjectDN(name);
        generator.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        generator.SetNotAfter(DateTime.UtcNow.AddDays(1));
        generator.SetPublicKey(pair.Public);
        var names = new GeneralNames(new GeneralName(GeneralName.DnsName, "localhost"));
        generator.AddExtension(X509Extensions.SubjectAlternativeName, critical: false, names);
        var certificate = generator.Generate(new Asn1SignatureFactory(signature ?? UsualSignature(kind), pair.Private));
        File.WriteAllText(chainPath, PemEncoding.WriteString("CERTIFICATE", certificate.GetEncoded()));
        var key = PrivateKeyInfoFactory.CreatePrivateKeyInfo(pair.Private);
        // Without the public key beside it, which OpenSSL 3.0 can't read.
        var bare = new PrivateKeyInfo(key.PrivateKeyAlgorithm, key.ParsePrivateKey());
        File.WriteAllText(keyPath, PemEncoding.WriteString("PRIVATE KEY", bare.GetDerEncoded()));
        File.SetUnixFileMode(keyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
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
