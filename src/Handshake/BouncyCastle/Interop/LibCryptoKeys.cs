using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>The functions of libcrypto in use for signatures and key agreement, with the names and the types of its headers (OpenSSL
/// 3.0).</summary>
internal static unsafe partial class LibCryptoKeys
{
    // evp.h: the number of the key type, which is that of its object.
    internal const int EVP_PKEY_X25519 = 1034;

    // rsa.h: the padding, and a salt as long as the hash.
    internal const int RSA_PKCS1_PSS_PADDING = 6;
    internal const int RSA_PSS_SALTLEN_DIGEST = -1;

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint EVP_MD_CTX_new();

    [LibraryImport(LibCrypto.Name)]
    internal static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibCrypto.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestSignInit_ex(
        nint context, nint* keyContext, string? digest, nint library, byte* properties, nint key, LibCrypto.Parameter* parameters);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_DigestSign(nint context, byte* signature, nuint* signatureLength, byte* data, nuint length);

    [LibraryImport(LibCrypto.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_DigestVerifyInit_ex(
        nint context, nint* keyContext, string? digest, nint library, byte* properties, nint key, LibCrypto.Parameter* parameters);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_DigestVerify(nint context, byte* signature, nuint signatureLength, byte* data, nuint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_CTX_set_rsa_padding(nint context, int padding);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_CTX_set_rsa_pss_saltlen(nint context, int length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_get_group_name(nint key, byte* name, nuint size, nuint* length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_get_id(nint key);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_get_size(nint key);

    [LibraryImport(LibCrypto.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_PKEY_CTX_new_from_name(nint library, string name, byte* properties);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint EVP_PKEY_CTX_new_from_pkey(nint library, nint key, byte* properties);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_keygen_init(nint context);

    [LibraryImport(LibCrypto.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int EVP_PKEY_CTX_set_group_name(nint context, string name);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_generate(nint context, nint* key);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nuint EVP_PKEY_get1_encoded_public_key(nint key, byte** encoded);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_set1_encoded_public_key(nint key, byte* encoded, nuint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint EVP_PKEY_new();

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_copy_parameters(nint to, nint from);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int EVP_PKEY_derive(nint context, byte* secret, nuint* length);
}
