using System.Text;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Fetching.Forwarding;

/// <summary>URLs in responses that name the origin lead to the proxy, and others stay.</summary>
public sealed class RedirectFieldsTests
{
    [Theory]
    // The origin's own name.
    [InlineData("https", "Shop.example:8443", "http://127.0.0.1:8080/dir/", "https://shop.example:8443/dir/")]
    [InlineData("https", "shop.example:443", "http://127.0.0.1:8080", "https://shop.example")]
    [InlineData("http", "shop.example:80", "HTTP://127.0.0.1:8080?q#f", "http://shop.example?q#f")]
    [InlineData("http", "shop.example:443", "http://127.0.0.1:8080/", "http://shop.example:443/")]
    [InlineData("https", "shop.example", "https://127.0.0.1:8080/", "https://shop.example/")]
    [InlineData("https", "shop.example", "//127.0.0.1:8080/x", "//shop.example/x")]
    [InlineData("https", "[::1]:8443", "http://[::1]:8080/", "https://[::1]:8443/")]
    // The host that it was sent, with its own port, the port sent, or its scheme.
    [InlineData("https", "localhost:8443", "http://localhost:8080/dir/", "https://localhost:8443/dir/")]
    [InlineData("https", "localhost:8443", "http://LOCALHOST:8443/dir/", "https://localhost:8443/dir/")]
    [InlineData("https", "localhost:8443", "http://localhost/dir/", "https://localhost:8443/dir/")]
    [InlineData("https", "shop.example", "http://shop.example/a:b@c", "https://shop.example/a:b@c")]
    [InlineData("http", "shop.example:81", "http://shop.example:8080/", "http://shop.example:81/")]
    [InlineData("https", "shop.example", "http://shop.example:80/x", "https://shop.example/x")]
    [InlineData("https", "a!b..c", "http://a!b..c/", "https://a!b..c/")]
    // What names another server, or the client's own scheme and host.
    [InlineData("https", "shop.example", "https://shop.example/", null)]
    [InlineData("https", "shop.example", "https://SHOP.example/", null)]
    [InlineData("http", "shop.example", "https://shop.example/", null)]
    [InlineData("http", "shop.example", "https://127.0.0.1:8080/", null)]
    [InlineData("http", "shop.example:81", "http://shop.example/", null)]
    [InlineData("http", "shop.example:81", "http://shop.example:80/", null)]
    [InlineData("https", "shop.example", "//shop.example:80/", null)]
    [InlineData("https", "shop.example", "http://127.0.0.1:8081/", null)]
    [InlineData("https", "shop.example", "http://127.0.0.1/", null)]
    [InlineData("https", "shop.example", "http://127.0.0.1:80801/", null)]
    [InlineData("https", "shop.example", "http://shop.example.evil/", null)]
    [InlineData("https", "shop.example", "http://other.example/?u=http://127.0.0.1:8080/", null)]
    [InlineData("https", "shop.example", "http://u@127.0.0.1:8080/", null)]
    [InlineData("https", "shop.example", "/dir/", null)]
    [InlineData("https", "shop.example", "dir/", null)]
    [InlineData("https", "shop.example", "ftp://127.0.0.1:8080/", null)]
    [InlineData("https", "shop.example", "http:///", null)]
    [InlineData("https", "shop.example", "http://", null)]
    [InlineData("https", "shop.example", "", null)]
    public void A_URL_that_names_the_origin_gets_the_clients_scheme_and_host(string scheme, string host, string url, string? rewritten)
    {
        Assert.Equal(rewritten ?? url, Rewrite("Location", url, scheme, host));
        Assert.Equal(rewritten ?? url, Rewrite("content-location", url, scheme, host));
        Assert.Equal("5; url=" + (rewritten ?? url), Rewrite("Refresh", "5; url=" + url, scheme, host));
        Assert.Equal(url, Rewrite("X-Location", url, scheme, host));
    }

    [Theory]
    [InlineData("0;URL=", "")]
    [InlineData("5, url = \"", "\"")]
    [InlineData("5;url='", "'; x")]
    [InlineData("1.5 ; ", "")]
    [InlineData("5 url=", "")]
    [InlineData("5\t", "")]
    public void The_URL_of_Refresh_is_found_as_browsers_find_it(string before, string after) =>
        Assert.Equal($"{before}https://a/x{after}", Rewrite("Refresh", $"{before}http://127.0.0.1:8080/x{after}", "https", "a"));

    [Theory]
    [InlineData("5")]
    [InlineData("5;")]
    [InlineData("5; url=")]
    [InlineData("5; url")]
    [InlineData("http://127.0.0.1:8080/")]
    public void A_Refresh_without_a_URL_stays(string value) => Assert.Equal(value, Rewrite("Refresh", value, "https", "a"));

    [Theory]
    [InlineData("http://backend.internal/x", "https://a/x")]
    [InlineData("https://backend.internal/x", "https://a/x")]
    [InlineData("http://backend.internal:8080/x", "https://a/x")]
    [InlineData("http://a/x", "http://a/x")]
    public void The_Host_that_the_origin_was_given_instead_of_the_clients_names_it(string url, string rewritten) =>
        Assert.Equal(rewritten, Rewrite("Location", url, "https", "a", sent: "backend.internal"));

    [Fact]
    public void Each_of_several_lines_is_rewritten_and_they_keep_their_order()
    {
        var fields = Messages.Response(200, "Location: http://127.0.0.1:8080/1", "X: y", "Location: http://127.0.0.1:8080/2").Fields;
        Rewrite(fields, "https", "a", "a");
        var first = fields.Find(KnownField.Location);
        Assert.Equal("https://a/1", Encoding.ASCII.GetString(fields.Value(first)));
        Assert.Equal("https://a/2", Encoding.ASCII.GetString(fields.Value(fields.Find(KnownField.Location, first + 1))));
        Assert.Equal(3, fields.Count);
    }

    [Fact]
    public void A_redirect_is_stored_as_its_clients_get_it()
    {
        using var scene = new FetchScene(router: new SingleOrigin(Origin("127.0.0.1")));
        scene.Client.Ask("/object/a");
        scene.Origin.Answer(0, Messages.Response(301, "Cache-Control: max-age=60", "Location: http://127.0.0.1:8080/b"));
        Assert.Equal("http://a/b", Messages.Field(scene.Find()!.Head, "Location"));
    }

    [Theory]
    [InlineData("http://10.0.0.1:8080/v2/x", "https://a/api/x")]
    [InlineData("http://10.0.0.2:81/v2/x?y", "https://a/api/x?y")]
    [InlineData("https://a/v2/x", "https://a/api/x")]
    [InlineData("//a/v2", "//a/api")]
    [InlineData("/v2/x", "/api/x")]
    [InlineData("/v2", "/api")]
    [InlineData("http://10.0.0.1:8080/x", "https://a/x")]
    [InlineData("/x", "/x")]
    [InlineData("/v20/x", "/v20/x")]
    [InlineData("v2/x", "v2/x")]
    [InlineData("//other/v2/x", "//other/v2/x")]
    [InlineData("http://10.0.0.1:81/v2/x", "http://10.0.0.1:81/v2/x")]
    [InlineData("http://other/v2/x", "http://other/v2/x")]
    public void A_redirect_of_any_server_gets_the_clients_prefix_back(string location, string told)
    {
        OriginMember[] members = [new(Origin("10.0.0.1")), new(new OriginOptions { Host = "10.0.0.2", Port = 81 })];
        var route = new OriginRoute(new OriginCluster("shop", members), new PrefixChange("/api"u8, "/v2"u8));
        var fields = Messages.Response(301, $"Location: {location}").Fields;
        var request = Messages.RequestTo("a");
        request.IsHttps = true;

        RedirectFields.Rewrite(route, fields, request, Messages.Fields("Host", "a"));

        Assert.Equal(told, Encoding.Latin1.GetString(fields.Value(0)));
    }

    [Theory]
    [InlineData("https://10.0.0.1/x", true, "https://a/x")]
    [InlineData("https://10.0.0.1/x", false, "http://a/x")]
    [InlineData("//10.0.0.1/x", false, "//a/x")]
    [InlineData("http://10.0.0.1/x", true, "http://10.0.0.1/x")]
    [InlineData("https://other/x", false, "https://other/x")]
    // The way from http to https, which the origin of an http client names by the client's host.
    [InlineData("https://a/x", false, "https://a/x")]
    public void A_redirect_of_an_https_origin_leads_to_the_proxy(string location, bool isHttps, string told)
    {
        var route = new OriginRoute(new OriginOptions { Host = "10.0.0.1", Port = 443, Tls = new OriginTlsOptions() });
        var fields = Messages.Response(301, $"Location: {location}").Fields;
        var request = Messages.RequestTo("a");
        request.IsHttps = isHttps;

        RedirectFields.Rewrite(route, fields, request, Messages.Fields("Host", "a"));

        Assert.Equal(told, Encoding.Latin1.GetString(fields.Value(0)));
    }

    private static OriginOptions Origin(string host) => new() { Host = host, Port = 8080 };

    private static string Rewrite(string field, string value, string scheme, string host, string? sent = null)
    {
        var fields = Messages.Response(200, $"{field}: {value}").Fields;
        Rewrite(fields, scheme, host, sent ?? host);
        return Encoding.Latin1.GetString(fields.Value(0));
    }

    private static void Rewrite(FieldTable fields, string scheme, string host, string sent)
    {
        var request = Messages.RequestTo(host);
        request.IsHttps = scheme == "https";
        var origin = host.StartsWith('[') ? "::1" : "127.0.0.1";
        RedirectFields.Rewrite(new OriginRoute(Origin(origin)), fields, request, Messages.Fields("Host", sent));
    }
}
