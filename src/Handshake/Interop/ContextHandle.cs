using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>An SSL_CTX with the settings of this project. It isn't changed after it was made, and any thread may make connections of it.</summary>
internal sealed unsafe class ContextHandle : SafeHandle
{
    // Forward secrecy and an AEAD; the client's order decides.
    private const string Suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
    private const string Suites12 = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    // The first is there from OpenSSL 3.5 on.
    internal static readonly string[] Groups = ["X25519MLKEM768", "X25519", "P-256", "P-384"];

    private static readonly string[] GroupLists = [string.Join(':', Groups), string.Join(':', Groups[1..])];

    private ContextHandle(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    internal nint Value => handle;

    /// <exception cref="TlsConfigurationException">libssl refuses the settings.</exception>
    internal static ContextHandle Create()
    {
        OpenSslLoader.EnsureLoaded();
        LibCrypto.ERR_clear_error();
        var context = new ContextHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_server_method()));
        if (!context.TryConfigure())
        {
            var reason = OpenSslErrors.Take();
            context.Dispose();
            throw new TlsConfigurationException($"libssl refuses the settings of a server ({reason}): use another build of OpenSSL 3.");
        }

        return context;
    }

    internal bool TryUseCertificate(string chainFile) => LibSsl.SSL_CTX_use_certificate_chain_file(handle, chainFile) == 1;

    internal bool TryUseKey(string keyFile) => LibSsl.SSL_CTX_use_PrivateKey_file(handle, keyFile, LibSsl.SSL_FILETYPE_PEM) == 1;

    internal bool KeyFits() => LibSsl.SSL_CTX_check_private_key(handle) == 1;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }

    private bool TryConfigure()
    {
        if (IsInvalid)
            return false;
        LibSsl.SSL_CTX_set_options(handle, LibSsl.SSL_OP_NO_RENEGOTIATION);
        LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_MODE, LibSsl.SSL_MODE_RELEASE_BUFFERS, null);
        // Sessions are kept by the clients, in tickets.
        LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_SESS_CACHE_MODE, LibSsl.SSL_SESS_CACHE_OFF, null);
        LibSsl.SSL_CTX_set_keylog_callback(handle, &HandshakeSecrets.OnKeyLogLine);
        LibSsl.SSL_CTX_set_alpn_select_cb(handle, &SelectProtocol, null);
        LibSsl.SSL_CTX_set_default_passwd_cb(handle, &RefusePassword);
        return LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, (nint)Keys.TlsVersion.Tls12, null) == 1
            && LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, (nint)Keys.TlsVersion.Tls13, null) == 1
            && LibSsl.SSL_CTX_set_ciphersuites(handle, Suites13) == 1
            && LibSsl.SSL_CTX_set_cipher_list(handle, Suites12) == 1
            && LibSsl.SSL_CTX_set_num_tickets(handle, 1) == 1
            && TrySetSessionContext()
            && Array.Exists(GroupLists, TrySetGroups);
    }

    private bool TrySetSessionContext()
    {
        fixed (byte* id = "tlsproxy"u8)
            return LibSsl.SSL_CTX_set_session_id_context(handle, id, 8) == 1;
    }

    internal bool TrySetGroups(string list)
    {
        int result;
        fixed (byte* names = System.Text.Encoding.ASCII.GetBytes(list + '\0'))
            result = (int)LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_GROUPS_LIST, 0, names);
        LibCrypto.ERR_clear_error();
        return result == 1;
    }

    /// <summary>Chooses http/1.1; a client that offers only others gets no_application_protocol (RFC 7301, section 3.2).</summary>
    [UnmanagedCallersOnly]
    private static int SelectProtocol(nint ssl, byte** output, byte* outputLength, byte* input, uint inputLength, void* argument)
    {
        for (uint i = 0; i < inputLength && input[i] < inputLength - i; i += input[i] + 1u)
        {
            if (!new ReadOnlySpan<byte>(input + i + 1, input[i]).SequenceEqual("http/1.1"u8))
                continue;
            *output = input + i + 1;
            *outputLength = input[i];
            return LibSsl.SSL_TLSEXT_ERR_OK;
        }

        return LibSsl.SSL_TLSEXT_ERR_ALERT_FATAL;
    }

    /// <summary>A key behind a password can't be read by a server that nobody sits before; libssl would ask on the terminal.</summary>
    [UnmanagedCallersOnly]
    private static int RefusePassword(byte* buffer, int size, int writing, void* argument) => 0;
}
