using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The functions of libssl for a server's context and its certificates, with the names and the types of its headers (OpenSSL 3.0).
/// Both engines use them: a context also judges how strong certificates are.</summary>
internal static partial class LibSslContexts
{
    [LibraryImport(OpenSslLoader.SslName)]
    internal static partial nint TLS_server_method();

    [LibraryImport(OpenSslLoader.SslName)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(OpenSslLoader.SslName)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(OpenSslLoader.SslName)]
    internal static partial int SSL_CTX_get_security_level(nint context);

    [LibraryImport(OpenSslLoader.SslName)]
    internal static partial int SSL_CTX_use_cert_and_key(nint context, nint certificate, nint key, nint chain, int replace);
}
