using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>An SSL_CTX of clients that offer one version and one suite. They look at no certificate: that isn't what they are for.</summary>
internal sealed unsafe class ClientContext : SafeHandle
{
    /// <param name="version">0x0303 or 0x0304.</param>
    /// <param name="suite">The suite's name in OpenSSL's words for the version.</param>
    public ClientContext(int version, string suite)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_client_method()));
        var valid = LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, version, null) == 1
            && LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, version, null) == 1
            && (version == 0x0304 ? LibSsl.SSL_CTX_set_ciphersuites(handle, suite) : LibSsl.SSL_CTX_set_cipher_list(handle, suite)) == 1;
        if (!valid)
            throw new InvalidOperationException($"libssl knows no suite {suite}.");
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}
