using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>OpenSSL_version(3).</summary>
internal static unsafe class OpenSslVersion
{
    internal static string Text
    {
        get
        {
            OpenSslLoader.EnsureLoaded();
            return Marshal.PtrToStringUTF8((nint)LibCrypto.OpenSSL_version(0)) ?? "unknown";
        }
    }
}
