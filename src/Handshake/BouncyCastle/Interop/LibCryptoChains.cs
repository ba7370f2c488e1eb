using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>The functions of libcrypto in use to verify chains of certificates, with the names and the types of its headers (OpenSSL
/// 3.0).</summary>
internal static unsafe partial class LibCryptoChains
{
    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_STORE_new();

    [LibraryImport(LibCrypto.Name)]
    internal static partial void X509_STORE_free(nint store);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_STORE_CTX_new();

    [LibraryImport(LibCrypto.Name)]
    internal static partial void X509_STORE_CTX_free(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_STORE_CTX_init(nint context, nint store, nint certificate, nint untrusted);

    [LibraryImport(LibCrypto.Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int X509_STORE_CTX_set_default(nint context, string name);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_STORE_CTX_get0_param(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void X509_VERIFY_PARAM_set_auth_level(nint parameters, int level);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_get_signature_info(nint certificate, int* hash, int* key, int* bits, uint* flags);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_verify_cert(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_STORE_CTX_get_error(nint context);

    [LibraryImport(LibCrypto.Name)]
    internal static partial byte* X509_verify_cert_error_string(nint error);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint d2i_X509(nint* certificate, byte** input, nint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int i2d_X509_NAME(nint name, byte** output);
}
