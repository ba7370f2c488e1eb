using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The functions of libssl in use, with the names and the types of its headers (OpenSSL 3.0, manual pages of section 3).</summary>
internal static unsafe partial class LibSsl
{
    internal const string Name = "libssl";

    [LibraryImport(Name)]
    internal static partial nint TLS_server_method();
}
