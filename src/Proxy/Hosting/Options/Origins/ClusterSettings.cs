using System.Globalization;
using System.Text.Json;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options.Origins;

/// <summary>The settings of one origin of the configuration file.</summary>
internal static class ClusterSettings
{
    // Each member has connections of its own; a balancer looks at all of them for each request.
    private const int MembersMaximum = 64;

    private const int WeightMaximum = 1000;

    private const int NameMaximum = 64;

    private const string Example = "{ \"members\": [\"http://10.0.0.1:8080\"] }";

    private static readonly string[] Settings =
        ["members", "balance", "host", "timeout", "connect-timeout", "connections", "health", "ca", "cert", "key", "tls-name"];

    private static readonly string[] OfMember = ["url", "weight"];

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
        var connections = Number(settings, "connections", OriginOptions.DefaultConnections);
        return new OriginCluster(name, ReadMembers(settings, where, server =>
        {
            var completed = complete(server);
            return completed with
            {
                HostSent = host ?? completed.HostSent,
                ResponseTimeout = timeout ?? completed.ResponseTimeout,
                IdleTimeout = timeout ?? completed.IdleTimeout,
                ConnectTimeout = connectTimeout ?? completed.ConnectTimeout,
                Tls = completed.Tls is { } common ? OriginTlsSettings.Read(settings, where, common) : null,
                ConnectionsMax = connections ?? completed.ConnectionsMax,
            };
        }))
        {
            Balance = Balance(settings),
            Check = settings.TryGet("health", out var health) ? HealthSettings.Read(health, $"{where}: health") : null,
        };
    }

    private static BalanceKind Balance(JsonSettings settings) => settings.Text("balance") switch
    {
        null or "round-robin" => BalanceKind.RoundRobin,
        "least-connections" => BalanceKind.LeastConnections,
        "hash" => BalanceKind.Hash,
        var other => throw settings.Wrong($"balance: '{other}' is none of its values; write round-robin, least-connections or hash."),
    };

    private static List<OriginMember> ReadMembers(JsonSettings settings, string where, Func<OriginOptions, OriginOptions> complete)
    {
        if (!settings.TryGet("members", out var list) || list.ValueKind != JsonValueKind.Array
            || list.GetArrayLength() is 0 or > MembersMaximum)
        {
            throw settings.Wrong(
                $"members takes a list of 1 to {MembersMaximum} servers, such as "
                + "[\"http://10.0.0.1:8080\", { \"url\": \"http://10.0.0.2:8080\", \"weight\": 2 }].");
        }

        var members = new List<OriginMember>();
        foreach (var value in list.EnumerateArray())
        {
            var index = members.Count.ToString(CultureInfo.InvariantCulture);
            var member = ReadMember(value, $"{where}: members[{index}]", complete);
            if (members.Exists(other => other.Options.Label == member.Options.Label))
                throw settings.Wrong($"members[{index}] names {member.Options.Url} once more; give it a weight instead.");
            members.Add(member);
        }

        if (members.Exists(member => member.Options.Tls is null != members[0].Options.Tls is null))
            throw settings.Wrong("members have http:// and https:// URLs; write the same for all, or make two origins of them.");
        if (members[0].Options.Tls is null && OriginTlsSettings.FirstOf(settings) is { } idle)
            throw settings.Wrong($"{idle} is for https origins; write https:// in the URLs of members, or leave it out.");
        return members;
    }

    private static OriginMember ReadMember(JsonElement value, string where, Func<OriginOptions, OriginOptions> complete)
    {
        if (value.ValueKind == JsonValueKind.String)
            return new OriginMember(complete(ReadServer(value.GetString()!, where)));
        JsonSettings.Check(value, where, OfMember, "\"http://10.0.0.1:8080\", or { \"url\": \"http://10.0.0.1:8080\", \"weight\": 2 }");
        var settings = new JsonSettings(value, where);
        var url = settings.Text("url") ?? throw settings.Wrong("url is missing; write such as http://10.0.0.1:8080.");
        return new OriginMember(complete(ReadServer(url, where)), Number(settings, "weight", WeightMaximum) ?? 1);
    }

    private static int? Number(JsonSettings settings, string name, int maximum)
    {
        if (!settings.TryGet(name, out var found))
            return null;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number >= 1 && number <= maximum)
            return number;
        throw settings.Wrong($"{name} takes a whole number from 1 to {maximum}.");
    }

    private static OriginOptions ReadServer(string url, string where)
    {
        return OptionValues.Origin(url, out var error) ?? throw new StartException($"{where}: {error}");
    }

    private static TimeSpan? TimeLimit(JsonSettings settings, string name)
    {
        if (settings.Text(name) is not { } text)
            return null;
        return OptionValues.TimeLimit(text, out var error) ?? throw settings.Wrong($"{name}: {error}");
    }
}
