using System.Text.Json;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>The settings of one origin of the configuration file.</summary>
internal static class ClusterSettings
{
    private const int NameMaximum = 64;

    private const string Example = "{ \"members\": [\"http://10.0.0.1:8080\"] }";

    private static readonly string[] Settings = ["members", "host", "timeout", "connect-timeout"];

    private static readonly string[] OfMember = ["url"];

    /// <param name="name">Its name in the file.</param>
    /// <param name="where">What errors begin with.</param>
    /// <param name="complete">Gives the options of a server what holds for all origins.</param>
    /// <exception cref="StartException">A setting is wrong.</exception>
    public static OriginCluster Read(string name, JsonElement value, string where, Func<OriginOptions, OriginOptions> complete)
    {
        if (name.Length is 0 or > NameMaximum || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            throw new StartException(
                $"{where}: '{name}' is no name for an origin; write up to {NameMaximum} letters, digits, dots, dashes and underscores.");
        }

        JsonSettings.Check(value, where, Settings, Example);
        var settings = new JsonSettings(value, where);
        var host = settings.Text("host");
        if (host is not null)
            host = OptionValues.Host(host, out var error) ?? throw settings.Wrong($"host: {error}");
        var timeout = TimeLimit(settings, "timeout");
        var connectTimeout = TimeLimit(settings, "connect-timeout");
        return new OriginCluster(name, ReadMembers(settings, where, server =>
        {
            var completed = complete(server);
            return completed with
            {
                HostSent = host ?? completed.HostSent,
                ResponseTimeout = timeout ?? completed.ResponseTimeout,
                IdleTimeout = timeout ?? completed.IdleTimeout,
                ConnectTimeout = connectTimeout ?? completed.ConnectTimeout,
            };
        }));
    }

    private static List<OriginMember> ReadMembers(JsonSettings settings, string where, Func<OriginOptions, OriginOptions> complete)
    {
        if (!settings.TryGet("members", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 1)
            throw settings.Wrong("members takes a list of one server, such as [\"http://10.0.0.1:8080\"].");
        return [ReadMember(list[0], $"{where}: members[0]", complete)];
    }

    private static OriginMember ReadMember(JsonElement value, string where, Func<OriginOptions, OriginOptions> complete)
    {
        if (value.ValueKind == JsonValueKind.String)
            return new OriginMember(complete(ReadServer(value.GetString()!, where)));
        JsonSettings.Check(value, where, OfMember, "\"http://10.0.0.1:8080\"");
        var settings = new JsonSettings(value, where);
        var url = settings.Text("url") ?? throw settings.Wrong("url is missing; write such as http://10.0.0.1:8080.");
        return new OriginMember(complete(ReadServer(url, where)));
    }

    private static OriginOptions ReadServer(string url, string where)
    {
        if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            throw new StartException(
                $"{where}: https origins need TLS towards the origin, which the proxy doesn't have; write http://host:port.");
        }

        return OptionValues.Origin(url, out var error) ?? throw new StartException($"{where}: {error}");
    }

    private static TimeSpan? TimeLimit(JsonSettings settings, string name)
    {
        if (settings.Text(name) is not { } text)
            return null;
        return OptionValues.TimeLimit(text, out var error) ?? throw settings.Wrong($"{name}: {error}");
    }
}
