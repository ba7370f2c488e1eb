using System.Security.Cryptography;

namespace TlsProxy.Handshake.Keys;

/// <summary>What a suite stands for.</summary>
public static class CipherSuites
{
    public static bool IsKnown(CipherSuite suite) => Enum.IsDefined(suite);

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
