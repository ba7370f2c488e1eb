using System.CommandLine;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Options.Origins;

/// <summary>How the origins of the command line and of the file come together.</summary>
public sealed class OriginBindingTests : IDisposable
{
    private const string OfOneHost = """
        {
          "origins": { "shop": { "members": ["http://a:81", "http://b:82"] } },
          "routes": [ { "host": "shop.example", "origin": "shop" } ]
        }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_no_route_matches_goes_to_the_origin_of_the_command_line()
    {
        var origins = Bind(OfOneHost, "--origin", "http://rest:80", "--origin-host", "h", "--origin-timeout", "3s");

        Assert.Equal([null, "shop"], origins.Clusters.Select(cluster => cluster.Name));
        Assert.Equal(3, origins.MemberCount);
        Assert.Equal("rest:80", origins.Router.Choose("other"u8, "/"u8).Authority);
        var shop = origins.Router.Choose("shop.example"u8, "/"u8).Cluster.Members[1].Options;
        Assert.Equal(("b:82", "h", 3.0), (shop.Authority, shop.HostSent, shop.ResponseTimeout.TotalSeconds));
    }

    [Fact]
    public void The_connections_of_a_server_are_those_of_its_origin_else_of_the_command_line()
    {
        var origins = Bind(OfOneHost.Replace("] } }", "], \"connections\": 7 } }"), "--origin", "http://rest", "--origin-connections", "9");

        Assert.Equal([9, 7, 7], origins.Clusters.SelectMany(cluster => cluster.Members).Select(member => member.Options.ConnectionsMax));
    }

    [Theory]
    [InlineData(4096, 4096, 4, 1024)]
    [InlineData(16, 4096, 4, 4)]
    [InlineData(4096, 10, 4, 2)]
    [InlineData(4096, 2, 4, 1)]
    [InlineData(5, 4096, 8, 1)]
    public void Each_worker_has_its_share_of_what_descriptors_and_the_operator_allow(
        int descriptors, int connectionsMax, int workers, int share) =>
        Assert.Equal(share, new OriginShare(descriptors, workers).Of(connectionsMax));

    [Fact]
    public void Routes_that_match_everything_need_no_other_origin()
    {
        var origins = Bind("""{ "origins": { "all": { "members": ["http://a"] } }, "routes": [ { "origin": "all" } ] }""");

        Assert.Equal("all", Assert.Single(origins.Clusters).Name);
    }

    [Fact]
    public void Requests_without_an_origin_end_the_start()
    {
        var error = Assert.Throws<StartException>(() => Bind(OfOneHost)).Message;

        Assert.StartsWith("--origin is missing, and the routes of ", error, StringComparison.Ordinal);
        Assert.EndsWith("don't match every request; name an origin for the others, or add a route with neither host nor path.", error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_routes_an_origin_is_required()
    {
        var command = Command("{}");

        Assert.StartsWith("--origin is missing. ", Assert.Single(CommandLineErrors.Of(command.Parse([]))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("1000", true)]
    public void Members_do_not_speak_of_transport_security_where_the_proxy_does(string? own, bool drops)
    {
        string[] hsts = own is null ? [] : ["--hsts", own];
        var origins = Bind(OfOneHost, ["--origin", "http://rest", .. hsts]);

        Assert.All(
            origins.Clusters.SelectMany(cluster => cluster.Members),
            member => Assert.Equal(drops, member.Options.DropsTransportSecurity));
    }

    [Fact]
    public void What_an_origin_leaves_out_of_its_TLS_is_as_on_the_command_line()
    {
        var origins = Bind(
            """
            {
              "origins": {
                "own": { "members": ["https://a"], "ca": "a.pem", "cert": "c.pem", "key": "k.pem", "tls-name": "A.Example" },
                "common": { "members": ["https://b"] },
                "plain": { "members": ["http://c"] }
              },
              "routes": [ { "host": "a", "origin": "own" }, { "host": "b", "origin": "common" }, { "host": "c", "origin": "plain" } ]
            }
            """,
            "--origin", "https://rest", "--origin-ca", "rest.pem", "--origin-tls-name", "rest.example");

        Assert.Equal(
            [("rest.pem", null, "rest.example"), ("a.pem", "k.pem", "a.example"), ("rest.pem", null, "rest.example"), (null, null, null)],
            origins.Clusters.Select(cluster => cluster.Members[0].Options.Tls)
                .Select(tls => (tls?.AuthorityPath, tls?.Certificate?.KeyPath, tls?.Name)));
    }

    private OriginSet Bind(string json, params string[] arguments)
    {
        var command = Command(json);
        var parsed = command.Parse(["--listen", "http://127.0.0.1:0", .. arguments]);
        Assert.Empty(CommandLineErrors.Of(parsed));
        return command.Bind(parsed).Origins;
    }

    private ServeCommand Command(string json)
    {
        File.WriteAllText(_folder["config.json"], json);
        return new ServeCommand { Config = ConfigFile.Read(_folder["config.json"]) };
    }
}
