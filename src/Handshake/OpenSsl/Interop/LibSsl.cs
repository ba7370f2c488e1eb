using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>The functions of libssl in use, with the names and the types of its headers (OpenSSL 3.0, manual pages of section 3).</summary>
internal static unsafe partial class LibSsl
{
    internal const string Name = OpenSslLoader.SslName;

    internal const int SSL_CTRL_MODE = 33;
    internal const int SSL_CTRL_SET_TLSEXT_SERVERNAME_CB = 53;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB = 63;
    internal const int SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP = 71;
    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    internal const int SSL_CTRL_SET_GROUPS_LIST = 92;
    internal const int SSL_CTRL_SET_SIGALGS_LIST = 98;
    internal const int SSL_CTRL_GET_NEGOTIATED_GROUP = 134;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    internal const int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;
    internal const nint SSL_MODE_NO_AUTO_CHAIN = 0x08;
    internal const nint SSL_MODE_RELEASE_BUFFERS = 0x10;
    internal const nint SSL_SESS_CACHE_OFF = 0;
    internal const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;
    internal const int SSL_VERIFY_PEER = 1;
    internal const int SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
    internal const int SSL_CLIENT_HELLO_ERROR = 0;
    internal const int SSL_CLIENT_HELLO_SUCCESS = 1;
    internal const int SSL_TICKET_SUCCESS = 5;
    internal const int SSL_TICKET_SUCCESS_RENEW = 6;
    internal const int SSL_TICKET_RETURN_IGNORE_RENEW = 2;
    internal const int SSL_TICKET_RETURN_USE = 3;
    internal const int SSL_TICKET_RETURN_USE_RENEW = 4;
    internal const int SSL_ERROR_WANT_READ = 2;
    internal const int SSL_ERROR_ZERO_RETURN = 6;
    internal const int SSL_TLSEXT_ERR_OK = 0;
    internal const int SSL_TLSEXT_ERR_ALERT_FATAL = 2;
    internal const int SSL_TLSEXT_ERR_NOACK = 3;

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint argument, void* pointer);

    [LibraryImport(Name)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, string list);

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_callback_ctrl(nint context, int command, void* callback);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_set_client_hello_cb(
        nint context, delegate* unmanaged<nint, int*, void*, int> callback, void* argument);

    [LibraryImport(Name)]
    internal static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** output, nuint* length);

    [LibraryImport(Name)]
    internal static partial nint SSL_set_SSL_CTX(nint ssl, nint context);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(
        nint context, delegate* unmanaged<nint, byte*, byte*, nint, nint, int, int> callback);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_set_session_ticket_cb(
        nint context, void* generate, delegate* unmanaged<nint, nint, byte*, nuint, int, void*, int> decrypt, void* argument);

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_set_timeout(nint context, nint seconds);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, void* callback);

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_get_cert_store(nint context);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_add_client_CA(nint context, nint certificate);

    [LibraryImport(Name)]
    internal static partial nint SSL_get_certificate(nint ssl);

    [LibraryImport(Name)]
    internal static partial nint SSL_get1_peer_certificate(nint ssl);

    [LibraryImport(Name)]
    internal static partial nint SSL_SESSION_get0_peer(nint session);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_set_keylog_callback(nint context, delegate* unmanaged<nint, byte*, void> callback);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        nint context, delegate* unmanaged<nint, byte**, byte*, byte*, uint, void*, int> callback, void* argument);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_set_num_tickets(nint context, nuint count);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [LibraryImport(Name)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Name)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Name)]
    internal static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Name)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Name)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Name)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint argument, void* pointer);

    [LibraryImport(Name)]
    internal static partial byte* SSL_group_to_name(nint ssl, int id);

    [LibraryImport(Name)]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(Name)]
    internal static partial int SSL_version(nint ssl);

    [LibraryImport(Name)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Name)]
    internal static partial ushort SSL_CIPHER_get_protocol_id(nint cipher);

    [LibraryImport(Name)]
    internal static partial int SSL_set_ex_data(nint ssl, int index, void* data);

    [LibraryImport(Name)]
    internal static partial void* SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Name)]
    internal static partial nuint SSL_get_client_random(nint ssl, byte* output, nuint length);

    [LibraryImport(Name)]
    internal static partial nuint SSL_get_server_random(nint ssl, byte* output, nuint length);

    [LibraryImport(Name)]
    internal static partial nint SSL_get_session(nint ssl);

    [LibraryImport(Name)]
    internal static partial nuint SSL_SESSION_get_master_key(nint session, byte* output, nuint length);

    [LibraryImport(Name)]
    internal static partial byte SSL_SESSION_get_max_fragment_length(nint session);

    [LibraryImport(Name)]
    internal static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Name)]
    internal static partial void SSL_get0_alpn_selected(nint ssl, byte** data, uint* length);
}
