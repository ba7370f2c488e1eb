using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using static TlsProxy.Handshake.Policy.SignatureScheme;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>The policy in libssl's words (openssl-ciphers(1), SSL_CTX_set1_sigalgs_list(3), SSL_CTX_set1_groups_list(3)).</summary>
internal static class OpenSslNames
{
    public static string Suites13 { get; } = Join(TlsPolicy.Suites.Where(suite => suite.Version() == TlsVersion.Tls13), CipherSuites.Name);

    public static string Suites12 { get; } = Join(TlsPolicy.Suites.Where(suite => suite.Version() == TlsVersion.Tls12), CipherSuites.Name);

    public static string Signatures { get; } = Join(TlsPolicy.Signatures, Name);

    public static IReadOnlyList<string> Groups { get; } = [.. TlsPolicy.Groups.Select(Name)];

    private static string Join<T>(IEnumerable<T> values, Func<T, string> name) => string.Join(':', values.Select(name));

    private static string Name(NamedGroup group) => group switch
    {
        NamedGroup.Curve25519MlKem768 => "X25519MLKEM768",
        NamedGroup.Curve25519 => "X25519",
        NamedGroup.Secp256r1 => "P-256",
        NamedGroup.Secp384r1 => "P-384",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "libssl has no name for the group."),
    };

    private static string Name(SignatureScheme scheme) => scheme switch
    {
        RsaPkcs1Sha256 => "RSA+SHA256",
        RsaPkcs1Sha384 => "RSA+SHA384",
        RsaPkcs1Sha512 => "RSA+SHA512",
        EcdsaSha256 => "ECDSA+SHA256",
        EcdsaSha384 => "ECDSA+SHA384",
        EcdsaSha512 => "ECDSA+SHA512",
        RsaPssRsaeSha256 => "RSA-PSS+SHA256",
        RsaPssRsaeSha384 => "RSA-PSS+SHA384",
        RsaPssRsaeSha512 => "RSA-PSS+SHA512",
        Ed25519 => "ed25519",
        Ed448 => "ed448",
        RsaPssPssSha256 => "rsa_pss_pss_sha256",
        RsaPssPssSha384 => "rsa_pss_pss_sha384",
        RsaPssPssSha512 => "rsa_pss_pss_sha512",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "libssl has no name for the algorithm."),
    };
}
