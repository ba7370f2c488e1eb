using System.Text.Json;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The rules by path in the configuration file: an array of objects under <c>rules</c>, in the order they are tried.</summary>
internal static class RuleFile
{
    /// <summary>Where they stand in the file.</summary>
    public const string Section = "rules";

    private static readonly string[] Settings =
    [
        "path", "ignore-case", "bypass", "bypass-cookies", "bypass-fields", "pass-ranges", "ttl", "default-ttl", "negative-ttl",
        "check-type", "stale-while-revalidate", "stale-if-error", "set-cookie", "ignore-cookies", "key-fields", "request-fields",
        "response-fields", "sort-query", "drop-parameters", "fold-case", "forward", "upgrade",
    ];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the rules of a file.</summary>
    /// <param name="source">The file, or null for none.</param>
    /// <exception cref="StartException">A rule is wrong.</exception>
    public static PathRules Read(ConfigFile? source)
    {
        if (source is null)
            return PathRules.None;
        var path = source.Path;
        using var file = JsonDocument.Parse(source.Json, Lenient);
        if (!file.RootElement.TryGetProperty(Section, out var rules))
            return PathRules.None;
        if (rules.ValueKind != JsonValueKind.Array)
            throw new StartException($"--config: {Section} in {path} is no list; write [ {{ \"path\": \"/live/\", \"ttl\": \"2s\" }} ].");
        return new PathRules(
            [.. rules.EnumerateArray().Select((rule, index) => ReadRule(rule, $"--config: {Section}[{index}] in {path}"))]);
    }

    private static PathRule ReadRule(JsonElement rule, string where)
    {
        JsonSettings.Check(rule, where, Settings, "{ \"path\": \"/live/\", \"ttl\": \"2s\" }");
        var settings = new RuleSettings(rule, where);
        if (settings.Text("path") is not { Length: > 0 } text || text[0] is not ('/' or '*'))
        {
            throw new StartException(
                $"{where} has no path; write the beginning of one, such as /live/, or a pattern with *, such as *.m3u8.");
        }

        if (text.Contains('?', StringComparison.Ordinal))
            throw settings.Wrong("path has a question mark, and a rule matches paths without their queries; write %3F for one in a path.");
        var path = new PathPattern(text, settings.Flag("ignore-case"));
        return new PathRule(path)
        {
            Bypass = settings.Flag("bypass"),
            BypassCookies = settings.Cookies("bypass-cookies"),
            BypassFields = settings.Fields("bypass-fields"),
            PassesRanges = settings.Flag("pass-ranges"),
            Lifetime = settings.Milliseconds("ttl"),
            Default = settings.Milliseconds("default-ttl"),
            Negative = settings.Milliseconds("negative-ttl"),
            Types = settings.IsOn("check-type") ? ContentTypes.Of(path.Extension) : [],
            StaleWhileRevalidate = settings.Milliseconds("stale-while-revalidate"),
            StaleIfError = settings.Milliseconds("stale-if-error"),
            SetCookies = settings.CookieMode("set-cookie"),
            IgnoredCookies = settings.Cookies("ignore-cookies"),
            KeyFields = settings.KeyFields("key-fields"),
            RequestFields = FieldChangeSettings.Read(settings, "request-fields"),
            ResponseFields = FieldChangeSettings.Read(settings, "response-fields"),
            Key = settings.Key(),
            ForwardsRaw = settings.ForwardsRaw("forward"),
            AllowsWebSocket = settings.AllowsWebSocket("upgrade"),
        };
    }
}
