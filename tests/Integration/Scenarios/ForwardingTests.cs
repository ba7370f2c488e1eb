using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What a request is on its second hop (RFC 9110, sections 7.6 and 9.3).</summary>
public sealed class ForwardingTests(RecordedProxy proxy) : IClassFixture<RecordedProxy>
{
    [Theory]
    [InlineData("GET / HTTP/1.1", "1.1 tlsproxy")]
    [InlineData("GET / HTTP/1.0", "1.0 tlsproxy")]
    [InlineData("GET / HTTP/1.1\r\nVia: 1.0 a, 1.1 b", "1.0 a, 1.1 b, 1.1 tlsproxy")]
    public async Task Via_tells_the_protocol_it_was_received_by_after_those_of_others(string start, string via)
    {
        var request = await ForwardAsync(start + "\r\nHost: a\r\n\r\n");
        Assert.Equal(via, request["Via"]);
    }

    [Fact]
    public async Task What_concerns_the_connection_stays_behind_and_all_else_goes_on()
    {
        var request = await ForwardAsync(
            "GET /x?a=%2f HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade, HTTP2-Settings, X-Private\r\n"
            + "Keep-Alive: 5\r\nUpgrade: websocket\r\n"
            + "HTTP2-Settings: AAMAAABk\r\nX-Private: 1\r\nProxy-Connection: keep-alive\r\n"
            + "Proxy-Authorization: Basic x\r\nTE: gzip\r\nTrailer: X\r\n"
            + "Authorization: Basic y\r\nX-Public: 2\r\nX-\u0041ccent: \u00e9\r\nContent_Length: 5\r\n"
            + "Transfer_Encoding: chunked\r\nX_Forwarded_For: 1.2.3.4\r\n"
            + "X_Own: 3\r\nAccept: a\r\nAccept: b\r\n\r\n");
        string[] absent =
        [
            "Connection", "Keep-Alive", "Upgrade", "HTTP2-Settings", "X-Private", "Proxy-Connection", "Proxy-Authorization", "TE",
            "Trailer", "Content_Length", "Transfer_Encoding", "X_Forwarded_For", "X_Own",
        ];
        Assert.All(absent, name => Assert.Null(request[name]));
        Assert.Equal("/x?a=%2f", request.Target);
        Assert.Equal("Basic y", request["Authorization"]);
        Assert.Equal("2", request["X-Public"]);
        Assert.Equal("\u00e9", request["X-Accent"]);
        Assert.Equal("a, b", request["Accept"]);
        Assert.Equal("127.0.0.1", request["X-Forwarded-For"]);
    }

    [Theory]
    [InlineData("OPTIONS", "5", "4")]
    [InlineData("OPTIONS", "1", "0")]
    [InlineData("GET", "5", "5")]
    public async Task Max_Forwards_counts_down_for_OPTIONS(string method, string received, string forwarded) =>
        Assert.Equal(
            forwarded,
            (await ForwardAsync($"{method} / HTTP/1.1\r\nHost: a\r\nMax-Forwards: {received}\r\n\r\n"))["Max-Forwards"]);

    [Theory]
    [InlineData("*", "", null)]
    [InlineData("*", "Max-Forwards: 3\r\n", "2")]
    [InlineData("http://a", "Max-Forwards: 1\r\n", "0")]
    public async Task OPTIONS_of_the_server_as_a_whole_is_forwarded_with_an_asterisk(string target, string field, string? forwards)
    {
        var request = await ForwardAsync($"OPTIONS {target} HTTP/1.1\r\nHost: a\r\n{field}\r\n");
        Assert.Equal(("OPTIONS", "*", "a"), (request.Method, request.Target, request["Host"]));
        Assert.Equal(forwards, request["Max-Forwards"]);
    }

    [Theory]
    [InlineData("OPTIONS / HTTP/1.1\r\nMax-Forwards: 0", 200, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("OPTIONS * HTTP/1.1\r\nMax-Forwards: 0", 200, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("OPTIONS http://a HTTP/1.1\r\nMax-Forwards: 0", 200, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("TRACE / HTTP/1.1", 405, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("TRACE / HTTP/1.1\r\nMax-Forwards: 0", 405, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    [InlineData("POST /health HTTP/1.1", 405, "GET, HEAD")]
    public async Task What_the_proxy_answers_itself_says_what_is_allowed_and_the_connection_goes_on(string start, int status, string allow)
    {
        await using var client = await proxy.OpenAsync();
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(start + "\r\nHost: a\r\n\r\n");
            var reply = await client.ReadReplyAsync();
            Assert.Equal(status, reply.Status);
            Assert.Equal(allow, reply.Head["Allow"]);
        }

        Assert.Empty(await proxy.SeenAsync());
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("DELETE", true)]
    [InlineData("POST", false)]
    [InlineData("PROPFIND", false)]
    public async Task A_body_where_none_is_expected_travels_on_a_connection_of_its_own(string method, bool alone)
    {
        var request = await ForwardAsync($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", toHead: method == "HEAD");
        Assert.Equal("hello", request.Body);
        Assert.Equal(alone ? "close" : null, request["Connection"]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nTE: trailers\r\nAuthorization: Basic x\r\n\r\n", "trailers")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nTE: gzip;q=1\r\nAuthorization: Basic x\r\n\r\n", null)]
    [InlineData("GET /shared HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nTE: trailers\r\n\r\n", null)]
    public async Task Trailers_are_asked_for_on_behalf_of_the_one_client_that_takes_them(string sent, string? te)
    {
        var request = await ForwardAsync(sent);
        Assert.Equal(te, request["TE"]);
        Assert.Equal(te is null ? null : "TE", request["Connection"]);
    }

    [Theory]
    [InlineData("GET http://A:1/x?y HTTP/1.1\r\nHost: a:1\r\n\r\n", "/x?y", "a:1")]
    [InlineData("GET http://a?y HTTP/1.1\r\nHost: a\r\n\r\n", "/?y", "a")]
    [InlineData("GET http://a HTTP/1.0\r\n\r\n", "/", "a")]
    public async Task An_absolute_target_becomes_a_path_and_a_host(string sent, string target, string host)
    {
        var request = await ForwardAsync(sent);
        Assert.Equal(target, request.Target);
        Assert.Equal(host, request["Host"]);
    }

    private async Task<RecordedRequest> ForwardAsync(string sent, bool toHead = false)
    {
        await using var client = await proxy.OpenAsync();
        await client.SendAsync(Encoding.Latin1.GetBytes(sent));
        Assert.Equal(200, (await client.ReadReplyAsync(toHead)).Status);
        return Assert.Single(await proxy.SeenAsync());
    }
}
