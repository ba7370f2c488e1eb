using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>The functions of libssl and libcrypto that only clients need, with the names and the types of their headers (OpenSSL 3.0,
/// manual pages of section 3).</summary>
internal static unsafe partial class LibSslClients
{
    internal const int SSL_CTRL_SET_MAX_CERT_LIST = 51;
    internal const int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
    internal const nint TLSEXT_NAMETYPE_host_name = 0;
    internal const ulong SSL_OP_NO_COMPRESSION = 1UL << 17;
    internal const ulong SSL_OP_NO_TX_CERTIFICATE_COMPRESSION = 1UL << 32;
    internal const ulong SSL_OP_NO_RX_CERTIFICATE_COMPRESSION = 1UL << 33;
    internal const int SSL_SENT_SHUTDOWN = 1;
    internal const int SSL_RECEIVED_SHUTDOWN = 2;
    internal const ulong X509_V_FLAG_PARTIAL_CHAIN = 0x80000;
    internal const uint X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4;
    internal const uint X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;

    [LibraryImport(LibSsl.Name)]
    internal static partial nint TLS_client_method();

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_CTX_set_alpn_protos(nint context, byte* protocols, uint length);

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_CTX_set_default_verify_paths(nint context);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_CTX_get0_param(nint context);

    [LibraryImport(LibSsl.Name)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_get0_param(nint ssl);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(LibSsl.Name)]
    internal static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_get1_session(nint ssl);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_SESSION_dup(nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial void SSL_SESSION_free(nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_SESSION_is_resumable(nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial int SSL_SESSION_get_protocol_version(nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial nint SSL_SESSION_get_time(nint session);

    [LibraryImport(LibSsl.Name)]
    internal static partial nuint SSL_SESSION_get_ticket_lifetime_hint(nint session);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_VERIFY_PARAM_set_flags(nint parameters, ulong flags);

    [LibraryImport(LibCrypto.Name)]
    internal static partial void X509_VERIFY_PARAM_set_hostflags(nint parameters, uint flags);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_VERIFY_PARAM_set1_host(nint parameters, byte* name, nuint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int X509_VERIFY_PARAM_set1_ip(nint parameters, byte* address, nuint length);

    [LibraryImport(LibCrypto.Name)]
    internal static partial byte* X509_verify_cert_error_string(nint error);

    [LibraryImport(LibCrypto.Name)]
    internal static partial byte* X509_get_default_cert_dir();

    [LibraryImport(LibCrypto.Name)]
    internal static partial byte* X509_get_default_cert_dir_env();

    [LibraryImport(LibCrypto.Name)]
    internal static partial nint X509_STORE_get0_objects(nint store);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(LibCrypto.Name)]
    internal static partial int ASN1_TIME_diff(int* days, int* seconds, nint from, nint to);
}
