using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>libcrypto's error queue of this thread, which the runtime's own cryptography shares.</summary>
internal static unsafe class OpenSslErrors
{
    /// <summary>The reason of the first error, in libcrypto's words; the queue is empty afterwards.</summary>
    internal static string Take()
    {
        var error = LibCrypto.ERR_peek_error();
        var reason = error == 0 ? null : Marshal.PtrToStringUTF8((nint)LibCrypto.ERR_reason_error_string(error));
        LibCrypto.ERR_clear_error();
        return reason ?? "no reason given";
    }
}
