using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>The settings of one route of the configuration file.</summary>
internal static class RouteSettings
{
    /// <summary>A route that could stand in the list.</summary>
    public const string Example = "{ \"host\": \"shop.example\", \"path\": \"/api/\", \"origin\": \"shop\" }";

    private static readonly string[] Settings = ["host", "path", "origin", "strip-prefix", "add-prefix"];

    /// <param name="where">What errors begin with.</param>
    /// <param name="clusters">The origins by their names.</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static RouteRule Read(JsonElement value, string where, IReadOnlyDictionary<string, OriginCluster> clusters)
    {
        JsonSettings.Check(value, where, Settings, Example);
        var settings = new JsonSettings(value, where);
        var name = settings.Text("origin") ?? throw settings.Wrong($"origin is missing; {Advice(clusters)}.");
        if (!clusters.TryGetValue(name, out var cluster))
            throw settings.Wrong($"origin: there is no origin '{name}'; {Advice(clusters)}.");
        var path = Path(settings);
        var strip = Prefix(settings, "strip-prefix");
        if (path != strip && !path.StartsWith(strip + "/", StringComparison.Ordinal))
            throw settings.Wrong($"strip-prefix {strip} isn't the beginning of path {path}; write path \"{strip}/\".");
        var change = new PrefixChange(Encoding.ASCII.GetBytes(strip), Encoding.ASCII.GetBytes(Prefix(settings, "add-prefix")));
        return new RouteRule(Host(settings), Encoding.UTF8.GetBytes(path), new OriginRoute(cluster, change));
    }

    private static string Advice(IReadOnlyDictionary<string, OriginCluster> clusters) => clusters.Count == 0
        ? $"name servers by {OriginFile.Section} first, such as \"origins\": {{ \"shop\": {{ \"members\": [\"http://10.0.0.1:8080\"] }} }}"
        : $"write one of {string.Join(", ", clusters.Keys)}";

    private static RouteHost Host(JsonSettings settings)
    {
        if (settings.Text("host") is not { } text)
            return new RouteHost(null);
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        var bytes = Encoding.ASCII.GetBytes(name);
        if (!Ascii.IsValid(name) || !HostField.IsValid(bytes) || HostField.NameOf(bytes).Length < bytes.Length || name.Contains('*'))
        {
            throw settings.Wrong(
                $"host: '{text}' is no host; write a name without a port, such as shop.example, or *.example for all names below one.");
        }

        return new RouteHost(text.TrimEnd('.'));
    }

    private static string Path(JsonSettings settings)
    {
        var path = settings.Text("path") ?? "/";
        if (path.StartsWith('/') && path.IndexOfAny(['?', '*', '%', '#']) < 0 && RoutedPath.Read(Encoding.UTF8.GetBytes(path))
            .SequenceEqual(Encoding.UTF8.GetBytes(path)))
            return path;
        throw settings.Wrong(
            $"path: '{path}' is no beginning of a path; write it decoded and with a slash in front, such as /api/; "
            + "a query, * and . or .. as segments have no place in it.");
    }

    /// <summary>A prefix without a slash at its end, since whole segments are changed.</summary>
    private static string Prefix(JsonSettings settings, string name)
    {
        if (settings.Text(name) is not { } text)
            return string.Empty;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (text.StartsWith('/') && !text.Contains('?') && TargetRules.Check(bytes) == Refusal.None && PathReading.IsPlain(bytes))
            return text.TrimEnd('/');
        throw settings.Wrong(
            $"{name}: '{text}' is no prefix; write one or more segments with a slash in front, such as /api, of characters that need no "
            + "percent sign.");
    }
}
