using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>The functions of libssl in use to judge how strong keys are, with the names and the types of its headers (OpenSSL
/// 3.0).</summary>
internal static unsafe partial class LibSslRules
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
