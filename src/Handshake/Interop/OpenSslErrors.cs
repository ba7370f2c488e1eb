using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>libcrypto's error queue of this thread, which the runtime's own cryptography shares.</summary>
internal static unsafe class OpenSslErrors
{
    // err.h and pemerr.h: the library stands above bit 23, the reason below it.
    private const nuint LibraryShift = 23;
    private const nuint ReasonMask = 0x7FFFFF;
    private const nuint ERR_LIB_PEM = 9;
    private const nuint PEM_R_NO_START_LINE = 108;

    // What the system has refused: the rest is its number (ERR_SYSTEM_FLAG).
    private const nuint SystemError = 0x80000000;

    // Where alerts stand among libssl's reasons.
    private const nuint SSL_AD_REASON_OFFSET = 1000;

    /// <summary>Whether the queue holds no more than that a PEM file has ended.</summary>
    internal static bool IsOnlyEndOfPem
    {
        get
        {
            var error = LibCrypto.ERR_peek_error();
            return error >> (int)LibraryShift == ERR_LIB_PEM && (error & ReasonMask) == PEM_R_NO_START_LINE;
        }
    }

    /// <summary>The reason of the first error, in libcrypto's words; the queue is empty afterwards.</summary>
    internal static string Take()
    {
        var error = LibCrypto.ERR_peek_error();
        var reason = (error & SystemError) != 0
            ? Marshal.GetPInvokeErrorMessage((int)(error & ~SystemError))
            : Marshal.PtrToStringUTF8((nint)LibCrypto.ERR_reason_error_string(error));
        LibCrypto.ERR_clear_error();
        return reason ?? (error == 0 ? "no reason given" : Number(error & ReasonMask));
    }

    /// <summary>A reason without words: most often an alert that the registry doesn't know.</summary>
    private static string Number(nuint reason) =>
        reason is >= SSL_AD_REASON_OFFSET and <= SSL_AD_REASON_OFFSET + byte.MaxValue
            ? $"alert {reason - SSL_AD_REASON_OFFSET}"
            : $"reason {reason}";
}
