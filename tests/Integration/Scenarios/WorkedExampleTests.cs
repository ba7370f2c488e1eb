using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The configurations in docs/caching.md do what is said of them.</summary>
public sealed class WorkedExampleTests(SharedProxies shared)
{
    [Fact]
    public async Task WordPress_shares_pages_for_everybody_and_shows_the_others_their_own()
    {
        await using var site = await OpenAsync("WordPress");
        var page = shared.Scripted.Add(exchange => AnswerCookieAsync(exchange), "/");
        var admin = shared.Scripted.Add(exchange => AnswerCookieAsync(exchange), "/wp-admin/");
        var login = shared.Scripted.Add(exchange => AnswerCookieAsync(exchange), "/wp-login.php");

        for (var visitor = 0; visitor < 3; visitor++)
            Assert.Equal("for ", await site.GetAsync(page + $"?utm_source={visitor}", $"_ga=GA1.2.{visitor}; wordpress_test_cookie=1"));
        Assert.Equal(1, shared.Scripted.CountRequests(page));
        string[] known = ["wordpress_logged_in_1=admin", "comment_author_1=ann", "a=b; wp-postpass_1=x", "wordpress%5flogged_in_1=x"];
        foreach (var cookie in known)
            Assert.Equal("for " + cookie, await site.GetAsync(page, cookie));
        Assert.Equal("for ", await site.GetAsync(page, "_ga=9"));
        Assert.Equal(5, shared.Scripted.CountRequests(page));
        foreach (var path in new[] { admin, login })
        {
            Assert.Equal("for a=1", await site.GetAsync(path, "a=1"));
            Assert.Equal("for a=2", await site.GetAsync(path, "a=2"));
        }
    }

    [Fact]
    public async Task A_shop_shares_pages_without_the_session_that_each_answer_begins()
    {
        await using var site = await OpenAsync("A shop with a session cookie");
        var page = shared.Scripted.Add(exchange => AnswerCookieAsync(exchange, "Set-Cookie: session=new"), "/");
        var cart = shared.Scripted.Add(exchange => AnswerCookieAsync(exchange, "Set-Cookie: session=new"), "/cart/");

        Assert.Equal("for ", await site.GetAsync(page, "session=1"));
        Assert.Equal("for ", await site.GetAsync(page, "session=2; _ga=1"));
        Assert.Null(site.Last["Set-Cookie"]);
        Assert.Equal(1, shared.Scripted.CountRequests(page));
        Assert.Equal("for session=3; customer=7", await site.GetAsync(page, "session=3; customer=7"));
        Assert.Equal("for session=3", await site.GetAsync(cart, "session=3"));
        Assert.Equal("session=new", site.Last["Set-Cookie"]);
        Assert.Equal("for ", await site.GetAsync(page, "session=4"));
        Assert.Equal(2, shared.Scripted.CountRequests(page));
    }

    [Fact]
    public async Task A_bucket_gives_each_origin_the_answer_that_allows_it()
    {
        await using var site = await OpenAsync("A bucket with CORS");
        var font = shared.Scripted.Add(
            exchange => exchange.Head["Origin"] is { } origin
                ? AnswerCookieAsync(exchange, "Access-Control-Allow-Origin: " + origin, "Vary: Origin, X-Other", "X-Amz-Request-Id: 1")
                : AnswerCookieAsync(exchange, "x-amz-request-id: 1"),
            "/");

        Assert.Equal("for ", await site.GetAsync(font, "a=1"));
        Assert.Equal(("Origin", null), (site.Last["Vary"], site.Last["Access-Control-Allow-Origin"]));
        Assert.Null(site.Last["X-Amz-Request-Id"]);
        foreach (var origin in new[] { "https://a.example", "https://b.example", "https://a.example" })
        {
            await site.GetAsync(font, "a=2", $"Origin: {origin}\r\n");
            Assert.Equal(("Origin", origin), (site.Last["Vary"], site.Last["Access-Control-Allow-Origin"]));
            Assert.Null(site.Last["X-Amz-Request-Id"]);
        }

        await site.GetAsync(font, "a=3");
        Assert.Null(site.Last["Access-Control-Allow-Origin"]);
        Assert.Equal(3, shared.Scripted.CountRequests(font));
    }

    private static Task AnswerCookieAsync(OriginExchange exchange, params string[] fields) =>
        exchange.AnswerAsync(Encoding.ASCII.GetBytes("for " + exchange.Head["Cookie"]), ["Content-Type: text/html", .. fields]);

    private async Task<Site> OpenAsync(string heading)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], WorkedExample.Read(heading));
        var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--config", folder["options.json"]);
        return new Site(proxy, await ClientConnection.OpenAsync(proxy, Transport.Plaintext));
    }

    private sealed class Site(ProxyProcess proxy, ClientConnection client) : IAsyncDisposable
    {
        private MessageHead? _last;

        /// <summary>The head of the last answer.</summary>
        public MessageHead Last => _last ?? throw new InvalidOperationException("Nothing was asked.");

        public async Task<string> GetAsync(string path, string cookie, string fields = "")
        {
            var reply = await client.GetAsync(path, fields: $"Cookie: {cookie}\r\n{fields}");
            _last = reply.Head;
            Assert.Equal(200, reply.Status);
            return reply.Text;
        }

        public async ValueTask DisposeAsync()
        {
            await client.DisposeAsync();
            await proxy.DisposeAsync();
        }
    }
}
