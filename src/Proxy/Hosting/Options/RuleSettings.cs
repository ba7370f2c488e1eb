using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The settings of one rule, each read by its name; a wrong one ends the start with a sentence.</summary>
/// <param name="where">What errors begin with.</param>
internal sealed class RuleSettings(JsonElement rule, string where) : JsonSettings(rule, where)
{
    public bool Flag(string name)
    {
        if (!TryGet(name, out var value))
            return false;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong($"{name} takes true or false.");
    }

    /// <summary>A flag that is on unless it says off.</summary>
    public bool IsOn(string name)
    {
        if (!TryGet(name, out var value))
            return true;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when value.GetString() is "on" or "off" => value.GetString() == "on",
            _ => throw Wrong($"{name} takes \"on\" or \"off\"."),
        };
    }

    public long? Milliseconds(string name)
    {
        if (Text(name) is not { } text)
            return null;
        var duration = OptionValues.DurationOrNone(text, out var error) ?? throw Wrong($"{name}: {error}");
        return (long)duration.TotalMilliseconds;
    }

    public SetCookieMode? CookieMode(string name) => Text(name) switch
    {
        null => null,
        "store" => SetCookieMode.Store,
        "strip" => SetCookieMode.Strip,
        "pass" => SetCookieMode.Pass,
        var other => throw Wrong($"{name}: '{other}' is none of its values; write store, strip or pass."),
    };

    public CookiePatterns? Cookies(string name)
    {
        var patterns = Names(name, "[\"session\", \"wordpress_logged_in_*\"]");
        return patterns.Count > 0 ? new CookiePatterns(patterns) : null;
    }

    public FieldNames Fields(string name)
    {
        var names = FieldNamesOf(name);
        return names.Count > 0 ? new FieldNames(names) : FieldNames.None;
    }

    public byte[][] KeyFields(string name)
    {
        var names = FieldNamesOf(name);
        if (names.Find(FieldNames.IsPattern) is { } pattern)
            throw Wrong($"{name}: '{pattern}' has a *, and a response is selected by whole names; write each, such as Origin.");
        if (names.Find(field => !IsKeyField(Encoding.ASCII.GetBytes(field))) is { } wrong)
            throw Wrong($"{name}: {wrong} can't select a response: the origin doesn't get it as the client sent it.");
        return [.. names.Select(Encoding.ASCII.GetBytes)];
    }

    public KeyNormalization? Key()
    {
        var sortsQuery = Flag("sort-query");
        var dropped = Names("drop-parameters", "[\"utm_*\", \"fbclid\"]");
        var foldsCase = Flag("fold-case");
        return sortsQuery || dropped.Count > 0 || foldsCase ? new KeyNormalization(sortsQuery, dropped, foldsCase) : null;
    }

    /// <summary>Whether the origin is asked what the client wrote rather than what the key names.</summary>
    public bool ForwardsRaw(string name) => Text(name) switch
    {
        null or "keyed" => false,
        "raw" => true,
        var other => throw Wrong($"{name}: '{other}' is none of its values; write keyed or raw."),
    };

    public bool? AllowsWebSocket(string name) => Text(name) switch
    {
        null => null,
        "websocket" => true,
        "none" => false,
        var other => throw Wrong($"{name}: '{other}' is none of its values; write websocket or none."),
    };

    private static bool IsKeyField(byte[] name) =>
        FieldChanges.MayChange(name) && ForwardedLines.MaySelect(name)
        && KnownFields.Of(name) is not (KnownField.XForwardedFor or KnownField.XRealIp);

    private List<string> FieldNamesOf(string name)
    {
        var names = Names(name, "[\"Origin\"]");
        if (names.Find(field => !Tokens.IsToken(Encoding.UTF8.GetBytes(field))) is { } wrong)
            throw Wrong($"{name}: '{wrong}' can't be the name of a field; write such as Origin.");
        return names;
    }

    private List<string> Names(string name, string example)
    {
        if (!TryGet(name, out var value))
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Wrong($"{name} takes a list of texts, such as {example}.");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }
}
