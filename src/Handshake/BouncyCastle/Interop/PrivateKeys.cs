using System.Security.Cryptography;
using System.Text;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;
using static TlsProxy.Handshake.Policy.SignatureScheme;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>What the private key of a certificate does; any thread may ask it.</summary>
internal static unsafe class PrivateKeys
{
    /// <summary>The curve of a key in libcrypto's words, such as <c>prime256v1</c>; null for keys that have none to choose.</summary>
    internal static string? CurveOf(CertificateHandle certificate)
    {
        Span<byte> name = stackalloc byte[80];
        nuint length;
        int found;
        fixed (byte* bytes = name)
            found = LibCryptoKeys.EVP_PKEY_get_group_name(certificate.Key, bytes, (nuint)name.Length, &length);
        LibCrypto.ERR_clear_error();
        return found == 1 ? Encoding.ASCII.GetString(name[..(int)length]) : null;
    }

    /// <summary>Signs data as a scheme of TLS has it.</summary>
    /// <exception cref="CryptographicException">The key can't do it.</exception>
    internal static byte[] Sign(CertificateHandle certificate, SignatureScheme scheme, ReadOnlySpan<byte> data)
    {
        HeapDumps.LeaveThreadOut();
        var context = LibCryptoKeys.EVP_MD_CTX_new();
        var signature = new byte[LibCryptoKeys.EVP_PKEY_get_size(certificate.Key)];
        var length = (nuint)signature.Length;
        nint keyContext;
        bool signed;
        fixed (byte* output = signature, input = data)
        {
            signed = LibCryptoKeys.EVP_DigestSignInit_ex(context, &keyContext, Digest(scheme), 0, null, certificate.Key, null) == 1
                && TrySetPadding(keyContext, scheme)
                && LibCryptoKeys.EVP_DigestSign(context, output, &length, input, (nuint)data.Length) == 1;
        }

        LibCryptoKeys.EVP_MD_CTX_free(context);
        GC.KeepAlive(certificate);
        if (!signed)
            throw new CryptographicException($"libcrypto could not sign ({OpenSslErrors.Take()}).");
        return length == (nuint)signature.Length ? signature : signature[..(int)length];
    }

    private static bool TrySetPadding(nint context, SignatureScheme scheme) => scheme
        is not (RsaPssRsaeSha256 or RsaPssRsaeSha384 or RsaPssRsaeSha512 or RsaPssPssSha256 or RsaPssPssSha384 or RsaPssPssSha512)
        || (LibCryptoKeys.EVP_PKEY_CTX_set_rsa_padding(context, LibCryptoKeys.RSA_PKCS1_PSS_PADDING) == 1
            && LibCryptoKeys.EVP_PKEY_CTX_set_rsa_pss_saltlen(context, LibCryptoKeys.RSA_PSS_SALTLEN_DIGEST) == 1);

    private static string? Digest(SignatureScheme scheme) => scheme switch
    {
        RsaPkcs1Sha256 or EcdsaSha256 or RsaPssRsaeSha256 or RsaPssPssSha256 => "SHA256",
        RsaPkcs1Sha384 or EcdsaSha384 or RsaPssRsaeSha384 or RsaPssPssSha384 => "SHA384",
        RsaPkcs1Sha512 or EcdsaSha512 or RsaPssRsaeSha512 or RsaPssPssSha512 => "SHA512",
        _ => null,
    };
}
