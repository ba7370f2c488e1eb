using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>An SSL_CTX of clients that offer one version and, if it is named, one suite. They look at no certificate: that isn't what they
/// are for.</summary>
internal sealed unsafe class ClientContext : SafeHandle
{
    /// <param name="version">0x0303 or 0x0304.</param>
    /// <param name="suite">The suite's name in OpenSSL's words for the version; null for all of them.</param>
    public ClientContext(int version, string? suite = null)
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.SSL_CTX_new(LibSsl.TLS_client_method()));
        var valid = LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, version, null) == 1
            && LibSsl.SSL_CTX_ctrl(handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, version, null) == 1
            && (suite is null
                || (version == 0x0304
                    ? LibSsl.SSL_CTX_set_ciphersuites(handle, suite)
                    : LibSsl.SSL_CTX_set_cipher_list(handle, suite)) == 1);
        if (!valid)
            throw new InvalidOperationException($"libssl knows no version {version:X4}, or no suite {suite}.");
        LibSsl.SSL_CTX_set_keylog_callback(handle, &KeyLog.OnLine);
    }

    /// <summary>Presents a certificate to servers that ask for one.</summary>
    /// <param name="chain">PEM file of the certificate and those above it.</param>
    /// <param name="key">PEM file of its private key.</param>
    public void UseCertificate(string chain, string key)
    {
        // It may be one that is too weak for servers.
        LibSsl.SSL_CTX_set_security_level(handle, 0);
        if (LibSsl.SSL_CTX_use_certificate_chain_file(handle, chain) != 1
            || LibSsl.SSL_CTX_use_PrivateKey_file(handle, key, LibSsl.SSL_FILETYPE_PEM) != 1)
            throw new InvalidOperationException($"libssl can't use {chain} with {key}.");
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}
