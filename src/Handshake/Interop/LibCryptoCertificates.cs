using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The functions of libcrypto in use for certificates and keys, with the names and the types of its headers (OpenSSL
/// 3.0).</summary>
internal static unsafe partial class LibCryptoCertificates
{
    internal const nuint XN_FLAG_RFC2253 = 0x1110317;
    internal const int X509_V_OK = 0;

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint BIO_new_mem_buf(byte* memory, int length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint PEM_read_bio_X509_AUX(
        nint bio, nint* certificate, delegate* unmanaged<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint PEM_read_bio_PrivateKey(
        nint bio, nint* key, delegate* unmanaged<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_STORE_add_cert(nint store, nint certificate);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_NAME_cmp(nint name, nint other);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_check_private_key(nint certificate, nint key);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_check_issued(nint issuer, nint subject);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_get0_pubkey(nint certificate);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_verify(nint certificate, nint key);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_get0_notAfter(nint certificate);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_cmp_time(nint time, long* moment);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_get_subject_name(nint certificate);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_NAME_print_ex(nint bio, nint name, int indent, nuint flags);

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint OPENSSL_sk_new_null();

    [LibraryImport(LibCrypto.Name)]
    internal static partial int OPENSSL_sk_push(nint stack, nint item);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void OPENSSL_sk_free(nint stack);
}
