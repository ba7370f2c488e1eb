using TlsProxy.Handshake.Keys;
using static TlsProxy.Handshake.Policy.SignatureScheme;

namespace TlsProxy.Handshake.Policy;

/// <summary>What every engine may agree on, and nothing else: versions, suites, groups and signature algorithms, each list with the
/// preferred first. An engine leaves out what its library lacks.</summary>
public static class TlsPolicy
{
    /// <summary>The newest version.</summary>
    public const TlsVersion Newest = TlsVersion.Tls13;

    /// <summary>Suites with forward secrecy and an AEAD; the client's order decides.</summary>
    public static IReadOnlyList<CipherSuite> Suites { get; } =
    [
        CipherSuite.Aes128GcmSha256,
        CipherSuite.Aes256GcmSha384,
        CipherSuite.ChaCha20Poly1305Sha256,
        CipherSuite.EcdheEcdsaAes128Gcm,
        CipherSuite.EcdheRsaAes128Gcm,
        CipherSuite.EcdheEcdsaAes256Gcm,
        CipherSuite.EcdheRsaAes256Gcm,
        CipherSuite.EcdheEcdsaChaCha20,
        CipherSuite.EcdheRsaChaCha20,
    ];

    public static IReadOnlyList<NamedGroup> Groups { get; } =
        [NamedGroup.Curve25519MlKem768, NamedGroup.Curve25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1];

    /// <summary>Without SHA-1, whatever the system's configuration of a library lets through.</summary>
    public static IReadOnlyList<SignatureScheme> Signatures { get; } =
    [
        EcdsaSha256, EcdsaSha384, EcdsaSha512, Ed25519, Ed448, RsaPssRsaeSha256, RsaPssRsaeSha384, RsaPssRsaeSha512, RsaPssPssSha256,
        RsaPssPssSha384, RsaPssPssSha512, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512,
    ];

    /// <summary>The oldest version that a profile serves.</summary>
    public static TlsVersion Oldest(TlsProfile profile) => profile == TlsProfile.Modern ? TlsVersion.Tls13 : TlsVersion.Tls12;
}
