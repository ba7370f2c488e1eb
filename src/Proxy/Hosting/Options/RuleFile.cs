using System.Text.Json;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The rules by path in the configuration file: an array of objects under <c>rules</c>, in the order they are tried.</summary>
internal static class RuleFile
{
    /// <summary>Where they stand in the file.</summary>
    public const string Section = "rules";

    private static readonly string[] Settings =
    [
        "path", "bypass", "pass-ranges", "ttl", "default-ttl", "negative-ttl", "stale-while-revalidate", "stale-if-error", "set-cookie",
        "sort-query", "drop-parameters", "fold-case",
    ];

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the rules of a file that was read before for its options.</summary>
    /// <param name="path">The file, or null for none.</param>
    /// <exception cref="StartException">A rule is wrong.</exception>
    public static PathRules Read(string? path)
    {
        if (path is null)
            return PathRules.None;
        using var file = JsonDocument.Parse(File.ReadAllText(path), Lenient);
        if (!file.RootElement.TryGetProperty(Section, out var rules))
            return PathRules.None;
        if (rules.ValueKind != JsonValueKind.Array)
            throw new StartException($"--config: {Section} in {path} is no list; write [ {{ \"path\": \"/live/\", \"ttl\": \"2s\" }} ].");
        return new PathRules([.. rules.EnumerateArray().Select((rule, index) => ReadRule(rule, $"--config: {Section}[{index}] in {path}"))]);
    }

    private static PathRule ReadRule(JsonElement rule, string where)
    {
        if (rule.ValueKind != JsonValueKind.Object)
            throw new StartException($"{where} is no object; write {{ \"path\": \"/live/\", \"ttl\": \"2s\" }}.");
        if (rule.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !Settings.Contains(name)) is { } unknown)
            throw new StartException($"{where} sets {unknown}, and there is no such setting; known are {string.Join(", ", Settings)}.");
        var repeated = rule.EnumerateObject().GroupBy(member => member.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
            throw new StartException($"{where} sets {repeated.Key} twice; leave one of them.");
        if (Text(rule, "path", where) is not { Length: > 0 } pattern || pattern[0] is not ('/' or '*'))
            throw new StartException($"{where} has no path; write the beginning of one, such as /live/, or a pattern with *, such as *.m3u8.");
        var sortsQuery = Flag(rule, "sort-query", where);
        var dropped = Names(rule, "drop-parameters", where);
        var foldsCase = Flag(rule, "fold-case", where);
        return new PathRule(new PathPattern(pattern))
        {
            Bypass = Flag(rule, "bypass", where),
            PassesRanges = Flag(rule, "pass-ranges", where),
            Lifetime = Seconds(rule, "ttl", where),
            Default = Seconds(rule, "default-ttl", where),
            Negative = Seconds(rule, "negative-ttl", where),
            StaleWhileRevalidate = Seconds(rule, "stale-while-revalidate", where),
            StaleIfError = Seconds(rule, "stale-if-error", where),
            SetCookies = CookieMode(rule, where),
            Key = sortsQuery || dropped.Count > 0 || foldsCase ? new KeyNormalization(sortsQuery, dropped, foldsCase) : null,
        };
    }

    private static string? Text(JsonElement rule, string name, string where)
    {
        if (!rule.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new StartException($"{where}: {name} takes a text in quotes.");
    }

    private static SetCookieMode? CookieMode(JsonElement rule, string where) => Text(rule, "set-cookie", where) switch
    {
        null => null,
        "store" => SetCookieMode.Store,
        "strip" => SetCookieMode.Strip,
        "pass" => SetCookieMode.Pass,
        var other => throw new StartException($"{where}: set-cookie: '{other}' is none of its values; write store, strip or pass."),
    };

    private static bool Flag(JsonElement rule, string name, string where)
    {
        if (!rule.TryGetProperty(name, out var value))
            return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw new StartException($"{where}: {name} takes true or false.");
    }

    private static long? Seconds(JsonElement rule, string name, string where)
    {
        if (Text(rule, name, where) is not { } text)
            return null;
        var duration = OptionValues.DurationOrNone(text, out var error) ?? throw new StartException($"{where}: {name}: {error}");
        return (long)duration.TotalSeconds;
    }

    private static List<string> Names(JsonElement rule, string name, string where)
    {
        if (!rule.TryGetProperty(name, out var value))
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw new StartException($"{where}: {name} takes a list of texts, such as [\"utm_*\", \"fbclid\"].");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }
}
