using Microsoft.Extensions.Logging;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Every line the proxy logs, with its fixed number.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {Url}")]
    public static partial void Listening(ILogger logger, string url);

    [LoggerMessage(2, LogLevel.Information, "{Workers} workers on {Transport} ({Features}). {Reason}")]
    public static partial void Started(ILogger logger, int workers, string transport, string features, string reason);

    [LoggerMessage(3, LogLevel.Information, "draining: no new connections, at most {Seconds} s for responses on their way")]
    public static partial void Draining(ILogger logger, double seconds);

    [LoggerMessage(4, LogLevel.Information, "stopped after {Requests} requests on {Connections} connections")]
    public static partial void Stopped(ILogger logger, long requests, long connections);

    [LoggerMessage(5, LogLevel.Information, "TLS by {Library}, {Records}")]
    public static partial void Tls(ILogger logger, string library, string records);

    [LoggerMessage(6, LogLevel.Warning, "kernel TLS is not available for {Suites}: {Reason}; their records are made in user space")]
    public static partial void KtlsUnavailable(ILogger logger, string suites, string reason);

    [LoggerMessage(
        7, LogLevel.Warning,
        "the kernel refused a connection's keys: {Reason}; such connections go on in user space (logged once)")]
    public static partial void KtlsRefused(ILogger logger, string reason);

    [LoggerMessage(9, LogLevel.Warning, "{Settings}: only io_uring has such settings; they are left out on {Transport}")]
    public static partial void UnusedSettings(ILogger logger, string settings, string transport);

    [LoggerMessage(8, LogLevel.Information, "statistics on {Url}/stats")]
    public static partial void Admin(ILogger logger, string url);

    [LoggerMessage(
        10, LogLevel.Warning,
        "the access log {Path} can't be written ({Reason}): its lines are lost until it can, and counted in /stats")]
    public static partial void AccessLogTroubled(ILogger logger, string path, string reason);

    [LoggerMessage(
        11, LogLevel.Warning,
        "the access log {Path} took no more bytes within --drain-timeout: {Lost} lines were not written since the start")]
    public static partial void AccessLogAbandoned(ILogger logger, string path, long lost);

    [LoggerMessage(
        15, LogLevel.Error,
        "{Place} has thrown; it ended alone, and the proxy goes on (logged once for each kind, counted as faults in /stats)")]
    public static partial void Fault(ILogger logger, string place, Exception fault);

    [LoggerMessage(12, LogLevel.Warning, "{Fetches} requests to the origin have not ended; their memory is left to the end of the process")]
    public static partial void FetchesAbandoned(ILogger logger, int fetches);

    [LoggerMessage(
        16, LogLevel.Warning,
        "a connection that was cut hasn't ended within 10 seconds: the kernel holds one of its operations "
        + "(logged once, counted as lateAborts in /stats)")]
    public static partial void LateAbort(ILogger logger);

    [LoggerMessage(
        17, LogLevel.Error,
        "a worker hasn't ended though its connections were cut: the kernel holds one of its operations; the process ends without it")]
    public static partial void WorkersStuck(ILogger logger);

    [LoggerMessage(
        18, LogLevel.Warning,
        "descriptors are short: at most {Connections} connections until that is over; "
        + "raise the limit of open files (ulimit -n, LimitNOFILE)")]
    public static partial void DescriptorsShort(ILogger logger, int connections);

    [LoggerMessage(19, LogLevel.Information, "there are descriptors again: at most {Connections} connections")]
    public static partial void DescriptorsBack(ILogger logger, int connections);

    [LoggerMessage(
        23, LogLevel.Warning,
        "the limit of open files was lowered to {Lowered} while the proxy runs, and is raised to {Raised} again: "
        + "the runtime ends a process without descriptors. To lower it, lower the hard limit before the start")]
    public static partial void LimitRestored(ILogger logger, int lowered, int raised);

    [LoggerMessage(21, LogLevel.Warning, "{Sentence}")]
    public static partial void DoubtfulOption(ILogger logger, string sentence);

    [LoggerMessage(22, LogLevel.Warning, "{What} ({Where}). Clients got: {Outcome}.")]
    public static partial void OriginTroubled(ILogger logger, string what, string where, string outcome);

    [LoggerMessage(24, LogLevel.Warning, "origin {Origin}: {Server} gets no requests for now. {Reason}")]
    public static partial void MemberOut(ILogger logger, string origin, string server, string reason);

    [LoggerMessage(25, LogLevel.Information, "origin {Origin}: {Server} gets requests again")]
    public static partial void MemberBack(ILogger logger, string origin, string server);

    [LoggerMessage(28, LogLevel.Information, "TLS to origins by {Library}: {Records}")]
    public static partial void OriginTls(ILogger logger, string library, string records);

    [LoggerMessage(29, LogLevel.Information, "authorities and certificates of origins read again")]
    public static partial void OriginFilesRead(ILogger logger);

    [LoggerMessage(20, LogLevel.Information, "redirecting {Url} to https")]
    public static partial void Redirecting(ILogger logger, string url);
}
