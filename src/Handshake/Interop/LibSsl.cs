using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The functions of libssl in use, with the names and the types of its headers (OpenSSL 3.0, manual pages of section 3).</summary>
internal static unsafe partial class LibSsl
{
    internal const string Name = "libssl";

    internal const int SSL_CTRL_MODE = 33;
    internal const int SSL_CTRL_SET_SESS_CACHE_MODE = 44;
    internal const int SSL_CTRL_SET_GROUPS_LIST = 92;
    internal const int SSL_CTRL_GET_NEGOTIATED_GROUP = 134;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    internal const int SSL_CTRL_SET_MAX_PROTO_VERSION = 124;
    internal const nint SSL_MODE_RELEASE_BUFFERS = 0x10;
    internal const nint SSL_SESS_CACHE_OFF = 0;
    internal const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;
    internal const int SSL_FILETYPE_PEM = 1;
    internal const int SSL_ERROR_WANT_READ = 2;
    internal const int SSL_TLSEXT_ERR_OK = 0;
    internal const int SSL_TLSEXT_ERR_ALERT_FATAL = 2;

    [LibraryImport(Name)]
    internal static partial nint TLS_server_method();

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Name)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint argument, void* pointer);

    [LibraryImport(Name)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, string list);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, string list);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_use_certificate_chain_file(nint context, string file);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_use_PrivateKey_file(nint context, string file, int type);

    [LibraryImport(Name)]
    internal static partial int SSL_CTX_check_private_key(nint context);

    [LibraryImport(Name)]
    internal static partial void SSL_CTX_set_default_passwd_cb(nint context, delegate* unmanaged<byte*, int, int, void*, int> callback);

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
    internal static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Name)]
    internal static partial byte* SSL_get_servername(nint ssl, int type);

    [LibraryImport(Name)]
    internal static partial void SSL_get0_alpn_selected(nint ssl, byte** data, uint* length);
}
