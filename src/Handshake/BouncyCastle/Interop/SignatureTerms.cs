using System.Security.Cryptography;
using TlsProxy.Handshake.Policy;
using static TlsProxy.Handshake.Policy.SignatureScheme;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>What libcrypto has to be told of a scheme of TLS to make or verify a signature (RFC 9846, section 4.3.3).</summary>
internal static class SignatureTerms
{
    /// <summary>The hash; null for schemes that have none to choose.</summary>
    internal static string? Digest(SignatureScheme scheme) => scheme switch
    {
        RsaPkcs1Sha256 or EcdsaSha256 or RsaPssRsaeSha256 or RsaPssPssSha256 => "SHA256",
        RsaPkcs1Sha384 or EcdsaSha384 or RsaPssRsaeSha384 or RsaPssPssSha384 => "SHA384",
        RsaPkcs1Sha512 or EcdsaSha512 or RsaPssRsaeSha512 or RsaPssPssSha512 => "SHA512",
        _ => null,
    };

    /// <summary>Bytes of a signature at least: RSASSA-PSS has room for the hash, a salt as long, and two more (RFC 8017, section
    /// 9.1.1).</summary>
    internal static int BytesMinimum(SignatureScheme scheme) => scheme switch
    {
        RsaPssRsaeSha256 or RsaPssPssSha256 => (2 * SHA256.HashSizeInBytes) + 2,
        RsaPssRsaeSha384 or RsaPssPssSha384 => (2 * SHA384.HashSizeInBytes) + 2,
        RsaPssRsaeSha512 or RsaPssPssSha512 => (2 * SHA512.HashSizeInBytes) + 2,
        _ => 0,
    };

    /// <summary>Sets the padding of RSASSA-PSS for schemes that have it.</summary>
    internal static bool TrySetPadding(nint context, SignatureScheme scheme) => scheme
        is not (RsaPssRsaeSha256 or RsaPssRsaeSha384 or RsaPssRsaeSha512 or RsaPssPssSha256 or RsaPssPssSha384 or RsaPssPssSha512)
        || (LibCryptoKeys.EVP_PKEY_CTX_set_rsa_padding(context, LibCryptoKeys.RSA_PKCS1_PSS_PADDING) == 1
            && LibCryptoKeys.EVP_PKEY_CTX_set_rsa_pss_saltlen(context, LibCryptoKeys.RSA_PSS_SALTLEN_DIGEST) == 1);
}
