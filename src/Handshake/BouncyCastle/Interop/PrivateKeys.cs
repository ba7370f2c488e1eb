using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>What the private key of a certificate does; any thread may ask it.</summary>
internal static unsafe class PrivateKeys
{
    internal static KeyKind KindOf(CertificateHandle certificate)
    {
        var kind = KeyKind.Of(certificate.Key);
        GC.KeepAlive(certificate);
        return kind;
    }

    /// <summary>Whether a key can sign by a scheme of its kind: it may be too short for it, or restricted to another hash (RFC 8017,
    /// sections 9.1.1 and A.2.3).</summary>
    internal static bool CanSign(CertificateHandle certificate, SignatureScheme scheme)
    {
        var context = LibCryptoKeys.EVP_MD_CTX_new();
        nint keyContext;
        var can = LibCryptoKeys.EVP_PKEY_get_size(certificate.Key) >= SignatureTerms.BytesMinimum(scheme)
            && LibCryptoKeys.EVP_DigestSignInit_ex(
                context, &keyContext, SignatureTerms.Digest(scheme), 0, null, certificate.Key, null) == 1
            && SignatureTerms.TrySetPadding(keyContext, scheme);
        LibCryptoKeys.EVP_MD_CTX_free(context);
        LibCrypto.ERR_clear_error();
        GC.KeepAlive(certificate);
        return can;
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
            signed = LibCryptoKeys.EVP_DigestSignInit_ex(
                context, &keyContext, SignatureTerms.Digest(scheme), 0, null, certificate.Key, null) == 1
                && SignatureTerms.TrySetPadding(keyContext, scheme)
                && LibCryptoKeys.EVP_DigestSign(context, output, &length, input, (nuint)data.Length) == 1;
        }

        LibCryptoKeys.EVP_MD_CTX_free(context);
        GC.KeepAlive(certificate);
        if (!signed)
            throw new CryptographicException($"libcrypto could not sign ({OpenSslErrors.Take()}).");
        return length == (nuint)signature.Length ? signature : signature[..(int)length];
    }
}
