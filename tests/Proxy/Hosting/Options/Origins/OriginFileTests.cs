using System.Text;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Hosting.Options.Origins;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Options.Origins;

public sealed class OriginFileTests : IDisposable
{
    private const string Shop = """ "origins": { "shop": { "members": ["http://a"] } } """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Origins_and_routes_are_read_with_all_their_settings()
    {
        var rules = Read("""
            {
              // Comments and trailing commas are as welcome as in the rest of the file.
              "origins": {
                "shop": {
                  "members": ["http://10.0.0.1:8080", { "url": "http://[::1]", "weight": 3 }],
                  "balance": "hash", "host": "internal:81", "timeout": "7s", "connect-timeout": "2s",
                },
                "files": {
                  "members": ["http://files"],
                  "health": { "path": "/health?a=b", "interval": "7s", "expect": "200-299" },
                },
              },
              "routes": [
                { "host": "Shop.Example", "path": "/api/", "origin": "shop", "strip-prefix": "/api/", "add-prefix": "/v2" },
                { "host": "*.example", "origin": "files" },
                { "origin": "files" },
              ],
            }
            """);

        var shop = rules[0].Route.Cluster;
        Assert.Equal(("shop", BalanceKind.Hash), (shop.Name, shop.Balance));
        Assert.Equal(BalanceKind.RoundRobin, rules[1].Route.Cluster.Balance);
        Assert.Equal([("10.0.0.1:8080", 1), ("[::1]:80", 3)], shop.Members.Select(member => (member.Options.Authority, member.Weight)));
        Assert.All(shop.Members, member => Assert.Equal(
            ("internal:81", 7.0, 7.0, 2.0),
            (member.Options.HostSent, member.Options.ResponseTimeout.TotalSeconds, member.Options.IdleTimeout.TotalSeconds,
                member.Options.ConnectTimeout.TotalSeconds)));
        Assert.Equal("/v2/x?y", Encoding.ASCII.GetString(rules[0].Route.TargetSent("/api/x?y"u8.ToArray()).Span));
        Assert.True(rules[0].Matches("shop.example"u8, "/api/x"u8));
        Assert.False(rules[0].Matches("shop.example"u8, "/x"u8));
        var check = rules[1].Route.Cluster.Check!;
        Assert.Equal(
            ("/health?a=b", 7.0, 200, 299),
            (Encoding.ASCII.GetString(check.Path.Span), check.Interval.TotalSeconds, check.StatusMinimum, check.StatusMaximum));
        Assert.Null(shop.Check);
        Assert.Same(rules[1].Route.Cluster, rules[2].Route.Cluster);
        Assert.Equal([false, false, true], rules.Select(rule => rule.MatchesAll));
    }

    [Fact]
    public void What_an_origin_leaves_out_holds_as_on_the_command_line()
    {
        var rules = Read($$"""{ {{Shop}}, "routes": [ { "origin": "shop" } ] }""", server => server with
        {
            HostSent = "everywhere",
            ResponseTimeout = TimeSpan.FromSeconds(9),
            ConnectTimeout = TimeSpan.FromSeconds(8),
        });

        var options = rules[0].Route.Cluster.Members[0].Options;
        Assert.Equal(
            ("everywhere", 9.0, 8.0), (options.HostSent, options.ResponseTimeout.TotalSeconds, options.ConnectTimeout.TotalSeconds));
    }

    [Fact]
    public void Without_a_file_or_without_routes_in_it_there_are_none()
    {
        Assert.Empty(OriginFile.Read(null, server => server));
        Assert.Empty(Read("""{ "workers": 1 }"""));
        Assert.False(OriginFile.HasRoutes(null));
        Assert.False(OriginFile.HasRoutes(FileOf("""{ "workers": 1 }""")));
        Assert.True(OriginFile.HasRoutes(FileOf("""{ "routes": [] }""")));
    }

    [Theory]
    [InlineData("""[]""", "origins in", "is no object")]
    [InlineData("""{ "": { "members": ["http://a"] } }""", "'' is no name for an origin")]
    [InlineData("""{ "a b": { "members": ["http://a"] } }""", "'a b' is no name for an origin")]
    [InlineData("""{ "shop": "http://a" }""", "origins.shop in", "is no object", "members")]
    [InlineData("""{ "shop": { "members": ["http://a"], "ca": "f" } }""", "ca is for https origins")]
    [InlineData("""{ "shop": { "members": ["http://a"], "members": ["http://b"] } }""", "sets members twice")]
    [InlineData("""{ "shop": { "host": "a" } }""", "members takes a list")]
    [InlineData("""{ "shop": { "members": [] } }""", "members takes a list")]
    [InlineData("""{ "shop": { "members": "http://a" } }""", "members takes a list")]
    [InlineData("""{ "shop": { "members": [5] } }""", "members[0] is no object", "http://10.0.0.1:8080")]
    [InlineData("""{ "shop": { "members": ["a:80"] } }""", "members[0]: 'a:80' is no origin")]
    [InlineData("""{ "shop": { "members": ["unix:a.sock"] } }""", "'unix:a.sock' is no origin; write unix: and the absolute path")]
    [InlineData("""{ "shop": { "members": ["unix:/a", "unix:/a"] } }""", "members[1] names unix:/a once more")]
    [InlineData("""{ "shop": { "members": ["http://a", "http://b/x"] } }""", "members[1]: 'http://b/x' is no origin")]
    [InlineData("""{ "shop": { "members": ["https://a", "http://b"] } }""", "members have http:// and https:// URLs; write the same")]
    [InlineData("""{ "shop": { "members": ["http://a"], "tls-name": "b" } }""", "tls-name is for https origins; write https://")]
    [InlineData("""{ "shop": { "members": ["https://a"], "cert": "c.pem" } }""", "key is missing for c.pem: name the PEM file of its ")]
    [InlineData("""{ "shop": { "members": ["https://a"], "key": "k.pem" } }""", "cert is missing for k.pem: name the PEM file of its ")]
    [InlineData("""{ "shop": { "members": ["https://a"], "ca": "" } }""", "ca is empty; name a file")]
    [InlineData("""{ "shop": { "members": ["https://a"], "tls-name": "a b" } }""", "tls-name: 'a b' is not a valid name of a server")]
    [InlineData("""{ "shop": { "members": ["http://a", "http://A:80"] } }""", "members[1] names http://a:80 once more")]
    [InlineData("""{ "shop": { "members": [{ "weight": 1 }] } }""", "url is missing")]
    [InlineData("""{ "shop": { "members": [{ "url": "http://a", "weight": 0 }] } }""", "weight takes a whole number from 1 to 1000")]
    [InlineData("""{ "shop": { "members": [{ "url": "http://a", "weight": 1.5 }] } }""", "weight takes")]
    [InlineData("""{ "shop": { "members": [{ "url": "http://a", "weight": "2" }] } }""", "weight takes")]
    [InlineData("""{ "shop": { "members": [{ "url": "http://a", "wait": 2 }] } }""", "sets wait", "known are url, weight")]
    [InlineData("""{ "shop": { "members": ["http://a"], "balance": "random" } }""", "balance: 'random' is none of its values", "or hash")]
    [InlineData("""{ "shop": { "members": ["http://a"], "host": "a/b" } }""", "host: 'a/b' is not a valid Host")]
    [InlineData("""{ "shop": { "members": ["http://a"], "timeout": "7" } }""", "timeout: '7' is no time limit")]
    [InlineData("""{ "shop": { "members": ["http://a"], "connect-timeout": 7 } }""", "connect-timeout takes a text in quotes")]
    [InlineData("""{ "shop": { "members": ["http://a"], "connections": 0 } }""", "connections takes a whole number from 1 to 4096")]
    [InlineData("""{ "shop": { "members": ["http://a"] }, "b": { "members": ["http://a"] } }""", "origins.b in", "gets no requests")]
    public void A_wrong_origin_ends_the_start_with_one_sentence(string origins, params string[] parts) =>
        Refused($$"""{ "origins": {{origins}}, "routes": [ { "origin": "shop" } ] }""", parts);

    [Theory]
    [InlineData("""{}""", "routes in", "is no list")]
    [InlineData("""[5]""", "routes[0] in", "is no object")]
    [InlineData("""[{ "host": "a" }]""", "origin is missing; write one of shop")]
    [InlineData("""[{ "origin": "shoo" }]""", "there is no origin 'shoo'; write one of shop")]
    [InlineData("""[{ "origin": "shop", "prefix": "/" }]""", "sets prefix", "known are host, path, origin")]
    [InlineData("""[{ "origin": "shop", "host": "a:80" }]""", "host: 'a:80' is no host")]
    [InlineData("""[{ "origin": "shop", "host": "a.*" }]""", "host: 'a.*' is no host")]
    [InlineData("""[{ "origin": "shop", "host": "*" }]""", "host: '*' is no host")]
    [InlineData("""[{ "origin": "shop", "host": "é" }]""", "host: 'é' is no host")]
    [InlineData("""[{ "origin": "shop", "path": "api/" }]""", "path: 'api/' is no beginning of a path")]
    [InlineData("""[{ "origin": "shop", "path": "/a*" }]""", "path: '/a*' is no beginning")]
    [InlineData("""[{ "origin": "shop", "path": "/a%20b/" }]""", "write it decoded")]
    [InlineData("""[{ "origin": "shop", "path": "/a/../b/" }]""", "path: '/a/../b/' is no beginning")]
    [InlineData("""[{ "origin": "shop", "path": "/a//b/" }]""", "path: '/a//b/' is no beginning")]
    [InlineData("""[{ "origin": "shop", "path": "/api/", "strip-prefix": "/app" }]""", "strip-prefix /app isn't the beginning of path")]
    [InlineData("""[{ "origin": "shop", "path": "/apis/", "strip-prefix": "/api" }]""", "strip-prefix /api isn't the beginning")]
    [InlineData("""[{ "origin": "shop", "add-prefix": "v2" }]""", "add-prefix: 'v2' is no prefix")]
    [InlineData("""[{ "origin": "shop", "add-prefix": "/a b" }]""", "add-prefix: '/a b' is no prefix")]
    [InlineData("""[{ "origin": "shop", "add-prefix": "/../x" }]""", "add-prefix: '/../x' is no prefix")]
    [InlineData("""[{ "origin": "shop" }, { "origin": "shop", "path": "/" }]""", "routes[1] in", "the same requests as routes[0]")]
    public void A_wrong_route_ends_the_start_with_one_sentence(string routes, params string[] parts) =>
        Refused($$"""{ {{Shop}}, "routes": {{routes}} }""", parts);

    [Fact]
    public void A_route_without_any_origin_says_how_to_name_one() =>
        Refused("""{ "routes": [ { "origin": "shop" } ] }""", ["there is no origin 'shop'; name servers by origins first"]);

    [Theory]
    [InlineData("""{ "path": "/" }""", 5.0, 200, 399)]
    [InlineData("""{ "path": "/", "expect": 204 }""", 5.0, 204, 204)]
    [InlineData("""{ "path": "/", "expect": "500", "interval": "100ms" }""", 0.1, 500, 500)]
    public void What_a_health_check_leaves_out_has_a_default(string health, double seconds, int minimum, int maximum)
    {
        var rules = Read($$"""
            {
              "origins": { "shop": { "members": ["http://a"], "health": {{health}} } },
              "routes": [ { "origin": "shop" } ]
            }
            """);
        var check = rules[0].Route.Cluster.Check!;
        Assert.Equal((seconds, minimum, maximum), (check.Interval.TotalSeconds, check.StatusMinimum, check.StatusMaximum));
    }

    [Theory]
    [InlineData("5", "is no object")]
    [InlineData("{}", "path is missing")]
    [InlineData("""{ "path": "health" }""", "path: 'health' is no target")]
    [InlineData("""{ "path": "/a b" }""", "path: '/a b' is no target")]
    [InlineData("""{ "path": "/é" }""", "path: '/é' is no target")]
    [InlineData("""{ "path": "/", "interval": "5" }""", "interval: '5' is no time limit")]
    [InlineData("""{ "path": "/", "interval": "99ms" }""", "interval: '99ms' is too short; write 100ms or more")]
    [InlineData("""{ "path": "/", "expect": 99 }""", "expect takes a status")]
    [InlineData("""{ "path": "/", "expect": 200.5 }""", "expect takes a status")]
    [InlineData("""{ "path": "/", "expect": "300-200" }""", "expect takes a status")]
    [InlineData("""{ "path": "/", "expect": "200-" }""", "expect takes a status")]
    [InlineData("""{ "path": "/", "expect": [200] }""", "expect takes a status")]
    [InlineData("""{ "path": "/", "retries": 2 }""", "sets retries", "known are path, interval, expect")]
    public void A_wrong_health_check_ends_the_start_with_one_sentence(string health, params string[] parts) => Refused(
        $$"""{ "origins": { "shop": { "members": ["http://a"], "health": {{health}} } }, "routes": [ { "origin": "shop" } ] }""",
        ["origins.shop in", .. parts]);

    private void Refused(string json, string[] parts)
    {
        var error = Assert.Throws<StartException>(() => Read(json)).Message;
        Assert.StartsWith("--config: ", error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }

    private IReadOnlyList<RouteRule> Read(string json, Func<OriginOptions, OriginOptions>? complete = null) =>
        OriginFile.Read(FileOf(json), complete ?? (server => server));

    private ConfigFile FileOf(string json)
    {
        var path = _folder["config.json"];
        File.WriteAllText(path, json);
        return ConfigFile.Read(path);
    }
}
