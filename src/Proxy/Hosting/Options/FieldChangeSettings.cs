using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Fields that a rule sets and removes: an object with <c>set</c>, values by names, and <c>remove</c>, a list of names.</summary>
internal static class FieldChangeSettings
{
    private const int ValueMaximum = 4096;

    /// <returns>Null where the rule changes none.</returns>
    public static FieldChanges? Read(RuleSettings settings, string name)
    {
        if (!settings.TryGet(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(member => member.Name is not ("set" or "remove")))
            throw settings.Wrong($"{name} takes an object, such as {{ \"set\": {{ \"X-Site\": \"a\" }}, \"remove\": [\"X-Debug\"] }}.");
        var removed = value.TryGetProperty("remove", out var list) ? Removed(settings, name, list) : [];
        var set = value.TryGetProperty("set", out var fields) ? Set(settings, name, fields) : [];
        foreach (var field in removed.Concat(set.Select(field => field.Key)))
            Check(settings, name, field);
        return new FieldChanges(removed, set);
    }

    private static List<string> Removed(RuleSettings settings, string name, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw settings.Wrong($"{name}: remove takes a list of field names, such as [\"X-Debug\"].");
        return [.. list.EnumerateArray().Select(item => item.GetString()!)];
    }

    private static List<KeyValuePair<string, string>> Set(RuleSettings settings, string name, JsonElement fields)
    {
        if (fields.ValueKind != JsonValueKind.Object
            || fields.EnumerateObject().Any(member => member.Value.ValueKind != JsonValueKind.String))
            throw settings.Wrong($"{name}: set takes an object with a text for each field, such as {{ \"X-Site\": \"a\" }}.");
        List<KeyValuePair<string, string>> set =
            [.. fields.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value.GetString()!))];
        foreach (var (field, value) in set)
        {
            if (value.Length > ValueMaximum || value.Any(character => character is < ' ' or > '~'))
                throw settings.Wrong($"{name}: the value of {field} has to be printable ASCII of at most {ValueMaximum} characters.");
            if (KnownFields.Of(Encoding.ASCII.GetBytes(field)) is KnownField.ETag or KnownField.LastModified)
                throw settings.Wrong($"{name} can't set {field}, which tells versions apart; it may remove it.");
        }

        return set;
    }

    private static void Check(RuleSettings settings, string name, string field)
    {
        var bytes = Encoding.UTF8.GetBytes(field);
        if (!Tokens.IsToken(bytes))
            throw settings.Wrong($"{name}: '{field}' can't be the name of a field; write such as X-Site.");
        if (FieldNames.IsPattern(field))
            throw settings.Wrong($"{name}: '{field}' has a *, and fields are changed by whole names; write each, such as X-Site.");
        if (!FieldChanges.MayChange(bytes))
            throw settings.Wrong($"{name} can't change {field}: it frames the message, belongs to one connection, or is the proxy's own.");
    }
}
