using Microsoft.Extensions.Logging;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>The lines about takeovers, with their fixed numbers.</summary>
internal static partial class TakeoverLog
{
    [LoggerMessage(60, LogLevel.Information, "process {Process} has the listening sockets; this one serves until it accepts on them")]
    public static partial void Asked(ILogger logger, int process);

    [LoggerMessage(61, LogLevel.Information, "process {Process} accepts on the listening sockets from now on")]
    public static partial void HandedOver(ILogger logger, int process);

    [LoggerMessage(62, LogLevel.Warning, "a takeover was not carried through: {Reason}; this process goes on serving")]
    public static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(63, LogLevel.Information, "took the listening sockets over from process {Process}, which drains")]
    public static partial void TookOver(ILogger logger, int process);

    [LoggerMessage(64, LogLevel.Warning, "took the listening sockets over from process {Process}, but don't know that it drains: {Reason}")]
    public static partial void TookOverAlone(ILogger logger, int process, string reason);

    [LoggerMessage(65, LogLevel.Information, "no process serves at {Path}: there is nothing to take over")]
    public static partial void NothingThere(ILogger logger, string path);

    [LoggerMessage(67, LogLevel.Warning, "process {Process} ended before it gave its sockets: this one opens its own")]
    public static partial void Ended(ILogger logger, int process);

    [LoggerMessage(66, LogLevel.Warning, "no other process can take over from this one: {Reason}")]
    public static partial void Unavailable(ILogger logger, string reason);
}
