using System.Text.Json;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>The origins and routes of the configuration file: an object under <c>origins</c>, by name, and a list under <c>routes</c>.
/// </summary>
internal static class OriginFile
{
    /// <summary>Where origins stand in the file.</summary>
    public const string Section = "origins";

    /// <summary>Where routes stand in it.</summary>
    public const string Routes = "routes";

    private const string OriginsExample = "{ \"shop\": { \"members\": [\"http://10.0.0.1:8080\"] } }";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Whether a file has routes, so that an origin beside them may be left out.</summary>
    /// <param name="source">The file, or null for none.</param>
    public static bool HasRoutes(ConfigFile? source)
    {
        if (source is null)
            return false;
        using var file = JsonDocument.Parse(source.Json, Lenient);
        return file.RootElement.ValueKind == JsonValueKind.Object && file.RootElement.TryGetProperty(Routes, out _);
    }

    /// <summary>Reads the routes of a file, each with its origin.</summary>
    /// <param name="source">The file, or null for none.</param>
    /// <param name="complete">Gives the options of a server what holds for all origins.</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static IReadOnlyList<RouteRule> Read(ConfigFile? source, Func<OriginOptions, OriginOptions> complete)
    {
        if (source is null)
            return [];
        using var file = JsonDocument.Parse(source.Json, Lenient);
        var clusters = ReadClusters(file.RootElement, source.Path, complete);
        var rules = ReadRoutes(file.RootElement, source.Path, clusters);
        if (clusters.Values.FirstOrDefault(cluster => !rules.Exists(rule => rule.Route.Cluster == cluster)) is { Name: var unused })
        {
            throw new StartException(
                $"--config: {Section}.{unused} in {source.Path} gets no requests; add {{ \"origin\": \"{unused}\" }} with a host or a path "
                + $"to {Routes}, or leave it out.");
        }

        return rules;
    }

    private static Dictionary<string, OriginCluster> ReadClusters(
        JsonElement root, string path, Func<OriginOptions, OriginOptions> complete)
    {
        var clusters = new Dictionary<string, OriginCluster>();
        if (!root.TryGetProperty(Section, out var origins))
            return clusters;
        if (origins.ValueKind != JsonValueKind.Object)
            throw new StartException($"--config: {Section} in {path} is no object; write {OriginsExample}.");
        foreach (var origin in origins.EnumerateObject())
        {
            var cluster = ClusterSettings.Read(origin.Name, origin.Value, $"--config: {Section}.{origin.Name} in {path}", complete);
            if (!clusters.TryAdd(origin.Name, cluster))
                throw new StartException($"--config: {Section} in {path} sets {origin.Name} twice; leave one of them.");
        }

        return clusters;
    }

    private static List<RouteRule> ReadRoutes(JsonElement root, string path, Dictionary<string, OriginCluster> clusters)
    {
        var rules = new List<RouteRule>();
        if (!root.TryGetProperty(Routes, out var routes))
            return rules;
        if (routes.ValueKind != JsonValueKind.Array)
            throw new StartException($"--config: {Routes} in {path} is no list; write [ {RouteSettings.Example} ].");
        foreach (var route in routes.EnumerateArray())
        {
            var rule = RouteSettings.Read(route, $"--config: {Routes}[{rules.Count}] in {path}", clusters);
            var same = rules.FindIndex(rule.IsLike);
            if (same >= 0)
            {
                throw new StartException(
                    $"--config: {Routes}[{rules.Count}] in {path} matches the same requests as {Routes}[{same}]; leave one of them out.");
            }

            rules.Add(rule);
        }

        return rules;
    }
}
