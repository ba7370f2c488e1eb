using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Requests of two hosts, each of which has an origin of its own.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly HostRouter _router = new()
    {
        ["a"] = new OriginRoute(new OriginOptions { Host = "192.0.2.1", Port = 8080, HostSent = "internal" }),
        ["b"] = new OriginRoute(new OriginOptions { Host = "192.0.2.2", Port = 8081, DropsTransportSecurity = true }),
        ["c"] = new OriginRoute(
            new OriginCluster(new OriginOptions { Host = "192.0.2.3", Port = 8082 }), new PrefixChange("/object"u8, "/v2"u8)),
    };

    private readonly FetchScene _scene;

    public RouteTests()
    {
        var rule = new PathRule(new PathPattern("/object/")) { Key = new KeyNormalization(sortQuery: true, ["utm_*"], foldCase: false) };
        _scene = new FetchScene(
            new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 }, Rules = new PathRules([rule]) }, router: _router);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void All_requests_of_a_key_have_one_route()
    {
        foreach (var (host, target) in new[]
        {
            ("a", "/object/x?b=1&a=2"), ("A:80", "/object/x?a=2&b=1"), ("a:80", "/object/x?utm_source=c&a=2&b=1"),
        })
        {
            _scene.Client.Host = host;
            _scene.Client.Ask(target);
        }

        Assert.Equal(["a/object/x?a=2&b=1"], _router.Asked.Distinct());
        Assert.Equal(3, _router.Asked.Count);
        Assert.Single(_scene.Origin.Sinks);
        Assert.Same(_router["a"], _scene.Origin.Route(0));
    }

    [Fact]
    public void A_refresh_in_the_background_goes_where_its_key_goes()
    {
        var ticket = _scene.Client.Ask("/object/x?b=1&a=2");
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        var entry = _scene.Find("/object/x?a=2&b=1")!;
        Assert.True(_scene.Table.Claim(entry));
        _scene.Table.Refresh(
            _scene.Client.Home, Messages.Request("/object/x?utm_source=c&b=1&a=2"), new ForwardedClient("127.0.0.1", IsTls: false), entry);

        Assert.Equal(["a/object/x?a=2&b=1"], _router.Asked.Distinct());
        Assert.Same(_router["a"], _scene.Origin.Route(1));
        ticket.Leave();
    }

    [Fact]
    public void Each_origin_gets_the_host_of_its_route()
    {
        Ask("a");
        Ask("b");
        Assert.Equal(("internal", "a"), (_scene.Origin.Field(0, "Host"), _scene.Origin.Field(0, "X-Forwarded-Host")));
        Assert.Equal(("b", "b"), (_scene.Origin.Field(1, "Host"), _scene.Origin.Field(1, "X-Forwarded-Host")));
    }

    [Theory]
    [InlineData("a", "http://192.0.2.1:8080/x", "http://a/x")]
    [InlineData("a", "http://internal/x", "http://a/x")]
    [InlineData("a", "http://192.0.2.2:8081/x", "http://192.0.2.2:8081/x")]
    [InlineData("b", "http://192.0.2.2:8081/x", "http://b/x")]
    [InlineData("b", "http://192.0.2.1:8080/x", "http://192.0.2.1:8080/x")]
    [InlineData("b", "http://internal/x", "http://internal/x")]
    public void Redirects_of_an_origin_are_rewritten_where_they_name_that_origin(string host, string location, string told)
    {
        var ticket = Ask(host);
        _scene.Origin.Answer(0, Messages.Response(301, $"Location: {location}"));
        Assert.Equal(told, Messages.Field(ticket.Response!.Head, "Location"));
    }

    [Theory]
    [InlineData("a", "max-age=1")]
    [InlineData("b", null)]
    public void The_origins_transport_security_passes_where_the_route_lets_it(string host, string? told)
    {
        var ticket = Ask(host);
        _scene.Origin.Answer(
            0, Messages.Response(200, "strict-transport-security: max-age=1", "X: y", "Strict-Transport-Security: max-age=1"), "body");
        Assert.Equal(told, Messages.Field(ticket.Response!.Head, "Strict-Transport-Security"));
        Assert.Equal("y", Messages.Field(ticket.Response.Head, "X"));
    }

    [Fact]
    public void Hosts_with_different_origins_share_no_answer()
    {
        var (first, second) = (Ask("a"), Ask("b"));
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "X: of a"), "body");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60", "X: of b"), "body");
        var (third, fourth) = (Ask("a"), Ask("b"));

        Assert.Equal(2, _scene.Origin.Sinks.Count);
        Assert.Equal(
            ["of a", "of b", "of a", "of b"],
            new[] { first, second, third, fourth }.Select(ticket => Messages.Field(ticket.Response!.Head, "X")));
    }

    [Fact]
    public void A_changed_prefix_is_for_the_origin_alone()
    {
        Ask("c");
        Assert.Equal("/v2/x", _scene.Origin.Target(0));
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");

        Ask("c");

        Assert.Single(_scene.Origin.Sinks);
    }

    private FetchTicket Ask(string host)
    {
        _scene.Client.Host = host;
        return _scene.Client.Ask("/object/x");
    }
}
