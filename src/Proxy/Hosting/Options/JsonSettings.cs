using System.Text.Json;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The settings of one object of the configuration file, each read by its name; a wrong one ends the start with a
/// sentence.</summary>
/// <param name="value">An object.</param>
/// <param name="where">What errors begin with.</param>
internal class JsonSettings(JsonElement value, string where)
{
    /// <summary>What errors begin with.</summary>
    protected string Where => where;

    /// <summary>Refuses what is no object, and settings that are unknown or repeated.</summary>
    /// <param name="known">Names of all settings.</param>
    /// <param name="example">An object that could stand there.</param>
    /// <exception cref="StartException">The object is wrong.</exception>
    public static void Check(JsonElement value, string where, string[] known, string example)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw new StartException($"{where} is no object; write {example}.");
        if (value.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new StartException($"{where} sets {unknown}, and there is no such setting; known are {string.Join(", ", known)}.");
        var repeated = value.EnumerateObject().GroupBy(member => member.Name).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
            throw new StartException($"{where} sets {repeated.Key} twice; leave one of them.");
    }

    public bool TryGet(string name, out JsonElement found) => value.TryGetProperty(name, out found);

    public StartException Wrong(string sentence) => new($"{where}: {sentence}");

    public string? Text(string name)
    {
        if (!TryGet(name, out var found))
            return null;
        return found.ValueKind == JsonValueKind.String ? found.GetString() : throw Wrong($"{name} takes a text in quotes.");
    }
}
