using System.Globalization;
using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.Health;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>The settings of the health checks of one origin of the configuration file.</summary>
internal static class HealthSettings
{
    private const string Example = "{ \"path\": \"/health\", \"interval\": \"5s\", \"expect\": 200 }";

    private static readonly string[] Settings = ["path", "interval", "expect"];

    private static readonly TimeSpan IntervalDefault = TimeSpan.FromSeconds(5);

    // More often, checks would be a load of their own.
    private static readonly TimeSpan IntervalMinimum = TimeSpan.FromMilliseconds(100);

    /// <param name="where">What errors begin with.</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static HealthCheckOptions Read(JsonElement value, string where)
    {
        JsonSettings.Check(value, where, Settings, Example);
        var settings = new JsonSettings(value, where);
        var path = settings.Text("path") ?? throw settings.Wrong("path is missing; write what a GET asks for, such as /health.");
        if (!path.StartsWith('/') || TargetRules.Check(Encoding.UTF8.GetBytes(path)) != Refusal.None)
            throw settings.Wrong($"path: '{path}' is no target; write a path with a slash in front, as in a URL, such as /health.");
        var (minimum, maximum) = Expected(settings);
        return new HealthCheckOptions(Encoding.ASCII.GetBytes(path), Interval(settings), minimum, maximum);
    }

    private static TimeSpan Interval(JsonSettings settings)
    {
        if (settings.Text("interval") is not { } text)
            return IntervalDefault;
        var interval = OptionValues.TimeLimit(text, out var error) ?? throw settings.Wrong($"interval: {error}");
        return interval >= IntervalMinimum
            ? interval
            : throw settings.Wrong($"interval: '{text}' is too short; write {OptionTexts.Duration(IntervalMinimum)} or more.");
    }

    private static (int Minimum, int Maximum) Expected(JsonSettings settings)
    {
        if (!settings.TryGet("expect", out var value))
            return (200, 399);
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!,
            _ => string.Empty,
        };
        var ends = text.Split('-');
        if (ends.Length <= 2 && Status(ends[0]) is { } minimum && Status(ends[^1]) is { } maximum && minimum <= maximum)
            return (minimum, maximum);
        throw settings.Wrong("expect takes a status from 200 to 599, such as 200, or a range of them, such as \"200-399\".");
    }

    private static int? Status(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 200 and <= 599 ? status : null;
}
