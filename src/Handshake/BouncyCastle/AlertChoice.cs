using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The alert for a failure. BouncyCastle answers whatever its parsers throw with internal_error, though the fault is the
/// client's.</summary>
internal static class AlertChoice
{
    private const string TooLong = "Handshake message length exceeds the maximum";

    public static short Of(short alert, string? message, Exception? cause)
    {
        if (alert != Tls.AlertDescription.internal_error)
            return alert;
        var fault = cause is Tls.TlsFatalAlert { InnerException: { } inner } ? inner : cause;
        return fault switch
        {
            EndOfStreamException => Tls.AlertDescription.decode_error,
            Tls.TlsFatalAlert when fault.Message.Contains(TooLong, StringComparison.Ordinal) => Tls.AlertDescription.illegal_parameter,
            ArgumentException or CryptoException or GeneralSecurityException => Tls.AlertDescription.illegal_parameter,
            _ => alert,
        };
    }
}
