using Microsoft.Extensions.Logging;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>What is logged of certificates, with fixed numbers.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(40, LogLevel.Information, "certificate {Label}: {Names}; {Key}, serial {Serial}, until {NotAfter:u}")]
    public static partial void Presented(ILogger logger, string label, string names, string key, string serial, DateTimeOffset notAfter);

    [LoggerMessage(
        41, LogLevel.Information,
        "certificate {Label} replaced: {Names}; serial {OldSerial} until {OldNotAfter:u}, now {Serial} until {NotAfter:u}")]
    public static partial void Replaced(
        ILogger logger, string label, string names, string oldSerial, DateTimeOffset oldNotAfter, string serial, DateTimeOffset notAfter);

    [LoggerMessage(42, LogLevel.Information, "certificate {Label} is not presented any more: {Names}; serial {Serial}")]
    public static partial void Removed(ILogger logger, string label, string names, string serial);

    [LoggerMessage(43, LogLevel.Warning, "certificate {Label} isn't for {Names} any more")]
    public static partial void NamesLost(ILogger logger, string label, string names);

    [LoggerMessage(44, LogLevel.Error, "{Reason} What was in its place goes on.")]
    public static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(45, LogLevel.Warning, "{Reason}")]
    public static partial void StapleRefused(ILogger logger, string reason);

    [LoggerMessage(46, LogLevel.Warning, "certificate {Label} ({Path}) expires on {NotAfter:u}, in {Days} days: renew it")]
    public static partial void Expiring(ILogger logger, string label, string path, DateTimeOffset notAfter, int days);

    [LoggerMessage(47, LogLevel.Error, "certificate {Label} ({Path}) has expired on {NotAfter:u}: clients refuse it; renew it")]
    public static partial void Expired(ILogger logger, string label, string path, DateTimeOffset notAfter);

    [LoggerMessage(48, LogLevel.Information, "ticket keys read again: another key makes tickets, {Count} are accepted")]
    public static partial void TicketKeysReplaced(ILogger logger, int count);

    [LoggerMessage(49, LogLevel.Information, "certificates read again ({Cause}): {Changed} changed, {Refused} refused")]
    public static partial void Reloaded(ILogger logger, string cause, int changed, int refused);
}
