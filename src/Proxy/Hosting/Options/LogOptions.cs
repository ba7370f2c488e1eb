using System.CommandLine;
using TlsProxy.Proxy.Telemetry.Logging;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What is written of requests and of the proxy's own doings.</summary>
/// <param name="Format">How the lines on standard error are written.</param>
/// <param name="AccessLog">File of the access log, <c>-</c> for standard output, null for none.</param>
/// <param name="AccessLogFormat">How its lines are written.</param>
internal sealed record LogOptions(LogFormat Format, string? AccessLog, AccessLogFormat AccessLogFormat);

/// <summary>The options behind <see cref="LogOptions"/>.</summary>
internal sealed class LogOptionGroup : OptionGroup
{
    private readonly Option<string?> _accessLog;
    private readonly Option<string> _accessLogFormat;
    private readonly Option<string> _format;

    public LogOptionGroup()
        : base(HelpSection.Log)
    {
        _accessLog = Text("--access-log", "File that gets one line a request, - for standard output; by default there is none.");
        _accessLogFormat = Choice(
            "--access-log-format",
            "How its lines are written: text, with all that the proxy knows; combined, as Apache and nginx do; json, one object a line.",
            "text", "combined", "json");
        _format = Choice("--log-format", "How the log is written to standard error: text, or json, one object a line.", "text", "json");
    }

    public LogOptions Bind(ParseResult parsed) => new(
        parsed.GetRequiredValue(_format) == "json" ? LogFormat.Json : LogFormat.Text,
        parsed.GetValue(_accessLog),
        parsed.GetRequiredValue(_accessLogFormat) switch
        {
            "combined" => AccessLogFormat.Combined,
            "json" => AccessLogFormat.Json,
            _ => AccessLogFormat.Text,
        });
}
