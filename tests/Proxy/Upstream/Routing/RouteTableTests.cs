using System.Text;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Upstream.Routing;

public sealed class RouteTableTests
{
    private static readonly (string? Host, string Path)[] s_routes =
    [
        (null, "/static/"), ("*.example", "/"), ("*.shop.example", "/"), ("shop.example", "/"), ("shop.example", "/api/"),
        ("shop.example", "/api/v2/"), (null, "/é/"), ("192.0.2.1", "/"), ("*.example", "/static/x/"),
    ];

    [Theory]
    [InlineData("shop.example", "/", "shop.example /")]
    [InlineData("shop.example", "/api/x?y=/api/v2/", "shop.example /api/")]
    [InlineData("shop.example", "/api/v2/x", "shop.example /api/v2/")]
    [InlineData("shop.example", "/api", "shop.example /")]
    [InlineData("shop.example:8443", "/api/x", "shop.example /api/")]
    [InlineData("shop.example.", "/api/x", "shop.example /api/")]
    [InlineData("www.example", "/", "*.example /")]
    [InlineData("a.b.example", "/", "*.example /")]
    [InlineData("a.shop.example", "/", "*.shop.example /")]
    [InlineData("example", "/", "rest")]
    [InlineData("xexample", "/", "rest")]
    [InlineData("192.0.2.1:80", "/", "192.0.2.1 /")]
    [InlineData("other", "/static/x", " /static/")]
    [InlineData("shop.example", "/static/x", "shop.example /")]
    [InlineData("www.example", "/static/x/y", "*.example /static/x/")]
    [InlineData("", "/static/x", " /static/")]
    [InlineData("", "/", "rest")]
    [InlineData("[::1]:8080", "/", "rest")]
    [InlineData("other", "/%C3%A9/x", " /é/")]
    [InlineData("shop.example", "*", "shop.example /")]
    [InlineData("a.shop.example", "*", "*.shop.example /")]
    [InlineData("other", "*", "rest")]
    public void The_most_specific_route_holds_whatever_its_place(string host, string target, string route)
    {
        Assert.Equal(route, Chosen(s_routes, host, target));
        Assert.Equal(route, Chosen([.. s_routes.Reverse()], host, target));
    }

    [Theory]
    [InlineData("/%61pi/x")]
    [InlineData("//api/x")]
    [InlineData("/./api/x")]
    [InlineData("/b/../api/x")]
    [InlineData("/b/%2e%2e/api/x")]
    [InlineData("/api%2fx")]
    public void All_spellings_of_a_path_reach_one_origin(string target) =>
        Assert.Equal("shop.example /api/", Chosen(s_routes, "shop.example", target));

    [Theory]
    [InlineData("/api/../x")]
    [InlineData("/api/..%2fx")]
    [InlineData("/api/%2e%2e/x")]
    public void A_path_that_leads_out_of_a_prefix_is_not_below_it(string target) =>
        Assert.Equal("shop.example /", Chosen(s_routes, "shop.example", target));

    [Fact]
    public void A_route_for_everything_stands_in_for_the_rest()
    {
        var all = new RouteRule(new RouteHost(null), "/"u8.ToArray(), RouteOf("all"));
        var one = new RouteRule(new RouteHost("a"), "/"u8.ToArray(), RouteOf("one"));
        var table = new RouteTable([all, one], rest: null);

        Assert.Equal("all", table.Choose("b"u8, "/x"u8).Cluster.Name);
        Assert.Equal("all", table.Choose("b"u8, "*"u8).Cluster.Name);
        Assert.Equal("one", table.Choose("a"u8, "*"u8).Cluster.Name);
        Assert.Equal("one", table.Choose("a"u8, "/x"u8).Cluster.Name);
        Assert.Throws<ArgumentException>(() => new RouteTable([one], rest: null));
    }

    private static string Chosen((string? Host, string Path)[] routes, string host, string target)
    {
        var rules = routes.Select(route => new RouteRule(
            new RouteHost(route.Host), Encoding.UTF8.GetBytes(route.Path), RouteOf($"{route.Host} {route.Path}")));
        var table = new RouteTable(rules, RouteOf("rest"));
        return table.Choose(Encoding.ASCII.GetBytes(host), Encoding.ASCII.GetBytes(target)).Cluster.Name!;
    }

    private static OriginRoute RouteOf(string name) =>
        new(new OriginCluster(name, [new OriginMember(new OriginOptions { Host = "a", Port = 1 })]));
}
