using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>An SSL_CTX with the settings of this project. Once it serves it isn't changed, and any thread may make connections of
/// it.</summary>
internal sealed unsafe class ContextHandle : SafeHandle
{
    // RFC 9846, section 4.7.1.
    private const int TicketSecondsMaximum = 7 * 24 * 3600;

    // Bytes. Public chains have some 5 KiB; libssl's own limit is the same.
    private const nint ServerChainMaximum = 100 * 1024;

    private ContextHandle(nint context)
        : base(0, ownsHandle: true)
    {
        SetHandle(context);
        // One by one: the library refuses a list with a group that it lacks. X25519MLKEM768 came with OpenSSL 3.5, and a FIPS provider may
        // leave out X25519.
        Groups = IsInvalid ? [] : [.. OpenSslNames.Groups.Where(TrySetGroups)];
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The groups for the key exchange that the library has, best first.</summary>
    internal IReadOnlyList<string> Groups { get; }

    internal nint Value => handle;

    /// <param name="sessionContext">At most 32 bytes; sessions of another are not resumed.</param>
    /// <exception cref="TlsConfigurationException">libssl refuses the settings.</exception>
    internal static ContextHandle Create(TlsServerOptions options, ReadOnlySpan<byte> sessionContext)
    {
        OpenSslLoader.EnsureLoaded();
        LibCrypto.ERR_clear_error();
        var context = new ContextHandle(LibSslContexts.SSL_CTX_new(LibSslContexts.TLS_server_method()));
        if (context.IsInvalid || Ciphers.Aes256Cbc == 0 || !context.TryConfigure(options, sessionContext))
        {
            var reason = OpenSslErrors.Take();
            context.Dispose();
            throw new TlsConfigurationException($"libssl refuses the settings of a server ({reason}): use another build of OpenSSL 3.");
        }

        context.SetCallbacks(options);
        return context;
    }

    /// <summary>A context of clients, which trusts nobody yet.</summary>
    /// <exception cref="TlsConfigurationException">libssl refuses the settings.</exception>
    internal static ContextHandle CreateClient(TlsProfile profile, ApplicationProtocols protocols)
    {
        OpenSslLoader.EnsureLoaded();
        LibCrypto.ERR_clear_error();
        var context = new ContextHandle(LibSslContexts.SSL_CTX_new(LibSslClients.TLS_client_method()));
        if (context.IsInvalid || !context.TryApplyPolicy(profile) || !context.TryConfigureClient(protocols))
        {
            var reason = OpenSslErrors.Take();
            context.Dispose();
            throw new TlsConfigurationException($"libssl refuses the settings of a client ({reason}): use another build of OpenSSL 3.");
        }

        return context;
    }

    /// <summary>Asks clients for certificates that lead to the authorities of a PEM file.</summary>
    internal bool TryAskForCertificates(ReadOnlySpan<byte> authorities, bool isRequired)
    {
        var read = PemCertificates.Read(authorities);
        if (read.Count == 0)
            return false;
        LibSsl.SSL_CTX_set_verify(handle, LibSsl.SSL_VERIFY_PEER | (isRequired ? LibSsl.SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), null);
        var store = LibSsl.SSL_CTX_get_cert_store(handle);
        var isAdded = read.TrueForAll(authority => LibCryptoCertificates.X509_STORE_add_cert(store, authority) == 1);
        // Clients are told the names; several keys of an authority have one.
        var names = new List<nint>();
        foreach (var authority in read)
        {
            var name = LibCryptoCertificates.X509_get_subject_name(authority);
            if (names.Exists(other => LibCryptoCertificates.X509_NAME_cmp(name, other) == 0))
                continue;
            names.Add(name);
            isAdded &= LibSsl.SSL_CTX_add_client_CA(handle, authority) == 1;
        }

        PemCertificates.Free(read);
        return isAdded;
    }

    /// <summary>Adds a certificate with those above it and its key; the context keeps them alive.</summary>
    internal bool TryAdd(CertificateHandle certificate) => certificate.TryGiveTo(handle, replaces: false);

    protected override bool ReleaseHandle()
    {
        LibSslContexts.SSL_CTX_free(handle);
        return true;
    }

    private bool TryConfigure(TlsServerOptions options, ReadOnlySpan<byte> sessionContext)
    {
        LibSsl.SSL_CTX_set_timeout(handle, (nint)Math.Clamp(options.TicketKeyLifetime.TotalSeconds, 1, TicketSecondsMaximum));
        return TryApplyPolicy(options.Profile)
            && LibSsl.SSL_CTX_set_num_tickets(handle, 1) == 1
            && TrySetSessionContext(sessionContext);
    }

    private bool TryConfigureClient(ApplicationProtocols protocols)
    {
        // A compressed chain would be as long as its limit, whatever its server has sent.
        LibSsl.SSL_CTX_set_options(
            handle,
            LibSslClients.SSL_OP_NO_COMPRESSION | LibSslClients.SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
            | LibSslClients.SSL_OP_NO_TX_CERTIFICATE_COMPRESSION);
        LibSsl.SSL_CTX_ctrl(handle, LibSslClients.SSL_CTRL_SET_MAX_CERT_LIST, ServerChainMaximum, null);
        LibSsl.SSL_CTX_set_verify(handle, LibSsl.SSL_VERIFY_PEER, null);
        LibSsl.SSL_CTX_set_keylog_callback(handle, &HandshakeState.OnKeyLogLine);
        // Unlike others, this function returns 0 for success.
        fixed (byte* offer = protocols.Offer.Span)
            return LibSslClients.SSL_CTX_set_alpn_protos(handle, offer, (uint)protocols.Offer.Length) == 0;
    }

    /// <summary>What servers and clients have in common.</summary>
    private bool TryApplyPolicy(TlsProfile profile)
    {
        LibSsl.SSL_CTX_set_options(handle, LibSsl.SSL_OP_NO_RENEGOTIATION);
        // The chain is sent as its file has it; searching the store of the peers' authorities for more would cost each handshake.
        LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_MODE, LibSsl.SSL_MODE_RELEASE_BUFFERS | LibSsl.SSL_MODE_NO_AUTO_CHAIN, null);
        // Sessions are kept by the clients, in tickets, and not by their contexts.
        LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_SESS_CACHE_MODE, LibSsl.SSL_SESS_CACHE_OFF, null);
        var (oldest, newest) = ((nint)TlsPolicy.Oldest(profile), (nint)TlsPolicy.Newest);
        return LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, oldest, null) == 1
            && LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, newest, null) == 1
            && LibSsl.SSL_CTX_set_ciphersuites(handle, OpenSslNames.Suites13) == 1
            && LibSsl.SSL_CTX_set_cipher_list(handle, OpenSslNames.Suites12) == 1
            && TryControl(LibSsl.SSL_CTRL_SET_SIGALGS_LIST, OpenSslNames.Signatures)
            && Groups.Count > 0
            && TrySetGroups(string.Join(':', Groups));
    }

    private bool TrySetGroups(string list) => TryControl(LibSsl.SSL_CTRL_SET_GROUPS_LIST, list);

    private void SetCallbacks(TlsServerOptions options)
    {
        LibSsl.SSL_CTX_set_keylog_callback(handle, &HandshakeState.OnKeyLogLine);
        LibSsl.SSL_CTX_set_alpn_select_cb(handle, &ContextCallbacks.OnProtocols, null);
        LibSsl.SSL_CTX_set_client_hello_cb(handle, &ContextCallbacks.OnClientHello, null);
        delegate* unmanaged<nint, int*, void*, int> onServerName = &ContextCallbacks.OnServerName;
        LibSsl.SSL_CTX_callback_ctrl(handle, LibSsl.SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, onServerName);
        delegate* unmanaged<nint, void*, int> onStatus = &ContextCallbacks.OnStatusRequest;
        LibSsl.SSL_CTX_callback_ctrl(handle, LibSsl.SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, onStatus);
        _ = LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(handle, &TicketCallbacks.OnTicketKey);
        if (options.ClientAuthentication != ClientAuthentication.Off)
            _ = LibSsl.SSL_CTX_set_session_ticket_cb(handle, null, &TicketCallbacks.OnSession, null);
    }

    private bool TrySetSessionContext(ReadOnlySpan<byte> context)
    {
        fixed (byte* id = context)
            return LibSsl.SSL_CTX_set_session_id_context(handle, id, (uint)context.Length) == 1;
    }

    private bool TryControl(int command, string text)
    {
        int result;
        fixed (byte* bytes = System.Text.Encoding.ASCII.GetBytes(text + '\0'))
            result = (int)LibSsl.SSL_CTX_ctrl(handle, command, 0, bytes);
        if (result == 1)
            LibCrypto.ERR_clear_error();
        return result == 1;
    }
}
