using System.Runtime.InteropServices;
using System.Text;

namespace TlsProxy.Testing.Interop;

/// <summary>An SSL_CTX of servers.</summary>
internal sealed unsafe class ServerContext : SafeHandle
{
    private const int VerifyPeer = 1;
    private const int FailWithoutCertificate = 2;

    // The protocol that is chosen, whatever is offered: its length, then its name.
    private byte* _protocol;

    /// <param name="version">0x0303 or 0x0304; 0 for both.</param>
    /// <param name="suite">The one suite in OpenSSL's words; null for all of them.</param>
    /// <param name="groups">As <c>P-256:X25519</c>; null for libssl's own.</param>
    public ServerContext(string chain, string key, int version = 0, string? suite = null, string? groups = null)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_server_method()));
        // A certificate may be one that is too weak for servers.
        LibSsl.SSL_CTX_set_security_level(handle, 0);
        byte id = 1;
        var isValid = LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, version, null) == 1
            && LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, version, null) == 1
            && LibSsl.SSL_CTX_use_certificate_chain_file(handle, chain) == 1
            && LibSsl.SSL_CTX_use_PrivateKey_file(handle, key, LibSsl.SSL_FILETYPE_PEM) == 1
            && LibSsl.SSL_CTX_set_session_id_context(handle, &id, 1) == 1
            && (suite is null || Restrict(suite))
            && (groups is null || TrySetGroups(groups));
        if (!isValid)
            throw new InvalidOperationException($"libssl takes no {chain}, {version:X4}, {suite} or {groups}.");
        LibSsl.SSL_CTX_set_keylog_callback(handle, &KeyLog.OnLine);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Tickets of TLS 1.3 behind each handshake.</summary>
    public ServerContext WithTickets(int count)
    {
        _ = LibSsl.SSL_CTX_set_num_tickets(handle, (nuint)count);
        return this;
    }

    /// <summary>Asks clients for a certificate of an authority.</summary>
    public ServerContext WithClients(string authority, bool isRequired)
    {
        LibSsl.SSL_CTX_set_verify(handle, VerifyPeer | (isRequired ? FailWithoutCertificate : 0), null);
        if (LibSsl.SSL_CTX_load_verify_locations(handle, authority, null) != 1)
            throw new InvalidOperationException($"libssl takes no {authority}.");
        return this;
    }

    /// <summary>Chooses an application protocol, be it offered or not.</summary>
    public ServerContext WithProtocol(string name)
    {
        _protocol = (byte*)NativeMemory.Alloc((nuint)name.Length + 1);
        _protocol[0] = (byte)Encoding.ASCII.GetBytes(name, new Span<byte>(_protocol + 1, name.Length));
        LibSsl.SSL_CTX_set_alpn_select_cb(handle, &OnProtocols, _protocol);
        return this;
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        NativeMemory.Free(_protocol);
        return true;
    }

    [UnmanagedCallersOnly]
    private static int OnProtocols(nint ssl, byte** output, byte* outputLength, byte* input, uint inputLength, void* argument)
    {
        *output = (byte*)argument + 1;
        *outputLength = *(byte*)argument;
        return 0;
    }

    private bool Restrict(string suite) => suite.StartsWith("TLS_", StringComparison.Ordinal)
        ? LibSsl.SSL_CTX_set_ciphersuites(handle, suite) == 1
        : LibSsl.SSL_CTX_set_cipher_list(handle, suite) == 1;

    private bool TrySetGroups(string groups)
    {
        fixed (byte* bytes = Encoding.ASCII.GetBytes(groups + '\0'))
            return LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_GROUPS_LIST, 0, bytes) == 1;
    }
}
