using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The functions of libcrypto in use, with the names and the types of its headers (OpenSSL 3.0, manual pages of section
/// 3).</summary>
internal static unsafe partial class LibCrypto
{
    internal const string Name = "libcrypto";

    internal const int EVP_CTRL_AEAD_GET_TAG = 0x10;
    internal const int EVP_CTRL_AEAD_SET_TAG = 0x11;
    internal const int BIO_CTRL_PENDING = 10;
    internal const uint OSSL_PARAM_UTF8_STRING = 4;
    internal const int BIO_C_SET_BUF_MEM_EOF_RETURN = 130;

    /// <summary>OSSL_PARAM(3); a list ends with one of which everything is zero.</summary>
    internal struct Parameter
    {
        internal byte* Key;
        internal uint DataType;
        internal void* Data;
        internal nuint DataSize;
        internal nuint ReturnSize;
    }

    [LibraryImport(Name)]
    internal static partial nuint OpenSSL_version_num();

    [LibraryImport(Name)]
    internal static partial int EVP_default_properties_is_fips_enabled(nint library);

    [LibraryImport(Name)]
    internal static partial int CRYPTO_secure_malloc_init(nuint size, nuint minimum);

    [LibraryImport(Name)]
    internal static partial byte* OpenSSL_version(int type);

    [LibraryImport(Name)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Name)]
    internal static partial nuint ERR_peek_error();

    [LibraryImport(Name)]
    internal static partial byte* ERR_reason_error_string(nuint error);

    [LibraryImport(Name)]
    internal static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Name)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial int EVP_CIPHER_CTX_ctrl(nint context, int type, int argument, void* pointer);

    [LibraryImport(Name)]
    internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [LibraryImport(Name)]
    internal static partial int EVP_CipherUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [LibraryImport(Name)]
    internal static partial int EVP_CipherFinal_ex(nint context, byte* output, int* outputLength);

    [LibraryImport(Name)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(Name)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Name)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Name)]
    internal static partial int BIO_write(nint bio, byte* data, int length);

    [LibraryImport(Name)]
    internal static partial int BIO_read(nint bio, byte* data, int length);

    [LibraryImport(Name)]
    internal static partial nint BIO_ctrl(nint bio, int command, nint argument, void* pointer);

    [LibraryImport(Name)]
    internal static partial void* CRYPTO_malloc(nuint length, byte* file, int line);

    [LibraryImport(Name)]
    internal static partial void CRYPTO_free(void* memory, byte* file, int line);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_CIPHER_fetch(nint library, string name, byte* properties);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_MAC_fetch(nint library, string name, byte* properties);

    [LibraryImport(Name)]
    internal static partial void EVP_MAC_free(nint algorithm);

    [LibraryImport(Name)]
    internal static partial nint EVP_MAC_CTX_new(nint algorithm);

    [LibraryImport(Name)]
    internal static partial void EVP_MAC_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial int EVP_MAC_update(nint context, byte* data, nuint length);

    [LibraryImport(Name)]
    internal static partial int EVP_MAC_final(nint context, byte* output, nuint* outputLength, nuint outputSize);

    [LibraryImport(Name)]
    internal static partial int EVP_MAC_init(nint context, byte* key, nuint keyLength, Parameter* parameters);
}
