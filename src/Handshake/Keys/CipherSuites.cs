using System.Security.Cryptography;

namespace TlsProxy.Handshake.Keys;

/// <summary>What a suite stands for.</summary>
public static class CipherSuites
{
    public static bool IsKnown(CipherSuite suite) => Enum.IsDefined(suite);

    /// <summary>The version that a suite belongs to.</summary>
    public static TlsVersion Version(this CipherSuite suite) => (ushort)suite >> 8 == 0x13 ? TlsVersion.Tls13 : TlsVersion.Tls12;

    /// <summary>The name that OpenSSL gave it, which servers' logs and settings use; for TLS 1.3 it is the registry's.</summary>
    public static string Name(this CipherSuite suite) => suite switch
    {
        CipherSuite.Aes128GcmSha256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite.Aes256GcmSha384 => "TLS_AES_256_GCM_SHA384",
        CipherSuite.ChaCha20Poly1305Sha256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite.EcdheEcdsaAes128Gcm => "ECDHE-ECDSA-AES128-GCM-SHA256",
        CipherSuite.EcdheEcdsaAes256Gcm => "ECDHE-ECDSA-AES256-GCM-SHA384",
        CipherSuite.EcdheRsaAes128Gcm => "ECDHE-RSA-AES128-GCM-SHA256",
        CipherSuite.EcdheRsaAes256Gcm => "ECDHE-RSA-AES256-GCM-SHA384",
        CipherSuite.EcdheEcdsaChaCha20 => "ECDHE-ECDSA-CHACHA20-POLY1305",
        CipherSuite.EcdheRsaChaCha20 => "ECDHE-RSA-CHACHA20-POLY1305",
        _ => throw new ArgumentOutOfRangeException(nameof(suite), suite, "The suite is none of those offered."),
    };

    public static Aead Aead(this CipherSuite suite) => suite switch
    {
        CipherSuite.Aes128GcmSha256 or CipherSuite.EcdheEcdsaAes128Gcm or CipherSuite.EcdheRsaAes128Gcm => Keys.Aead.Aes128Gcm,
        CipherSuite.Aes256GcmSha384 or CipherSuite.EcdheEcdsaAes256Gcm or CipherSuite.EcdheRsaAes256Gcm => Keys.Aead.Aes256Gcm,
        CipherSuite.ChaCha20Poly1305Sha256 or CipherSuite.EcdheRsaChaCha20 or CipherSuite.EcdheEcdsaChaCha20 => Keys.Aead.ChaCha20Poly1305,
        _ => throw new ArgumentOutOfRangeException(nameof(suite), suite, "The suite is none of those offered."),
    };

    /// <summary>The hash of the suite's key schedule: SHA-384 with AES-256, else SHA-256.</summary>
    public static HashAlgorithmName Hash(this CipherSuite suite) =>
        suite.Aead() == Keys.Aead.Aes256Gcm ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    /// <summary>Key length in bytes.</summary>
    public static int KeyLength(this Aead aead) => aead == Keys.Aead.Aes128Gcm ? 16 : 32;
}
