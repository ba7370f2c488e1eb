using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Two requests that differ in one thing, before an origin that shows what it was sent: what the first said reaches the client of
/// the second only where docs/caching.md has a row for it.</summary>
public sealed class KeyedRequestTests(SharedProxies shared)
{
    private static readonly string[] Names =
    [
        "A-IM", "Accept", "Accept-Charset", "Accept-Datetime", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
        "Access-Control-Request-Method", "Cache-Control", "CDN-Loop", "Content-Disposition", "Content-Encoding", "Content-Language",
        "Content-Location", "Content-Type", "Cookie", "Date", "Device-Memory", "DNT", "DPR", "Early-Data", "ETag", "Forwarded", "From",
        "HTTP2-Settings", "Idempotency-Key", "Keep-Alive", "Link", "Origin", "Pragma", "Prefer", "Priority", "Proxy-Authorization",
        "Proxy-Connection", "Referer", "Save-Data", "Sec-CH-UA", "Sec-Fetch-Mode", "Signature", "TE", "Traceparent", "Trailer", "Upgrade",
        "Upgrade-Insecure-Requests", "User-Agent", "Vary", "Via", "Viewport-Width", "Want-Repr-Digest", "X-API-Key", "X-Client-Cert",
        "X-Custom", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Proto",
        "X-HTTP-Method-Override", "X-Original-URL", "X-Real-IP", "X-Requested-With", "X_Forwarded_Host", "X_Custom", "Client-Cert",
    ];

    private static readonly string[] Methods = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY", "get"];

    private static readonly string[] Bodies =
    [
        "Content-Length: 11\r\n\r\nfirst-value", "Transfer-Encoding: chunked\r\n\r\nb\r\nfirst-value\r\n0\r\n\r\n",
    ];

    [Fact]
    public async Task A_field_that_Vary_names_selects_what_it_reaches_or_does_not_reach_it()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        foreach (var name in Names)
        {
            var path = shared.Scripted.Add(exchange => EchoAsync(exchange, "Vary: " + name));
            await client.GetAsync(path, fields: $"{name}: first-value\r\n");
            AssertOwn(await client.GetAsync(path, fields: $"{name}: second-value\r\n"), "first-value", name);
            AssertOwn(await client.GetAsync(path), "-value", name);
        }
    }

    [Fact]
    public async Task A_field_that_Connection_names_neither_reaches_the_origin_nor_selects_anything()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        foreach (var name in (string[])["X-Custom", "Cookie2", "Accept-Encoding", "User-Agent"])
        {
            var path = shared.Scripted.Add(exchange => EchoAsync(exchange, "Vary: " + name));
            foreach (var value in (string[])["first-value", "second-value"])
            {
                var reply = await client.GetAsync(path, fields: $"Connection: {name.ToUpperInvariant()}\r\n{name}: {value}\r\n");
                AssertOwn(reply, "-value", name);
            }

            AssertOwn(await client.GetAsync(path), "-value", name);
            Assert.Equal(1, shared.Scripted.CountRequests(path));
        }
    }

    [Fact]
    public async Task No_method_and_no_content_stores_what_a_GET_gets()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        foreach (var method in (string[])[.. Methods, "GET"])
        {
            foreach (var body in Bodies)
            {
                var path = shared.Scripted.Add(exchange => EchoAsync(exchange));
                await using (var other = await ClientConnection.OpenAsync(proxy, Transport.Plaintext))
                {
                    await other.SendAsync($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{body}");
                    await other.ReadReplyAsync(toHead: method == "HEAD");
                }

                await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
                var reply = await client.GetAsync(path);
                AssertOwn(reply, "first-value", method);
                Assert.StartsWith("GET ", reply.Text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("GET {0} HTTP/1.1\r\nHost: LOCALHOST\r\n\r\n", "LOCALHOST")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost:80\r\n\r\n", ":80")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost:443\r\n\r\n", ":443")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", ":8080")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost:\r\n\r\n", "localhost:\r")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost.\r\n\r\n", "localhost.")]
    [InlineData("GET http://LocalHost:80{0} HTTP/1.1\r\nHost: localhost:80\r\n\r\n", "LocalHost")]
    [InlineData("GET HTTP://LOCALHOST{0} HTTP/1.1\r\nHost: localhost\r\n\r\n", "LOCALHOST")]
    [InlineData("GET {0}? HTTP/1.1\r\nHost: localhost\r\n\r\n", "?")]
    [InlineData("GET {0}?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", "x=1")]
    [InlineData("GET {0}?%2f HTTP/1.1\r\nHost: localhost\r\n\r\n", "%2f")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n\r\n", "https")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil\r\n\r\n", "evil")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nIf-Range: \"evil\"\r\n\r\n", "evil")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"evil\"\r\n\r\n", "evil")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: TE\r\n\r\n", "trailers")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nMax-Forwards: 5\r\n\r\n", "Max-Forwards", "fields that `Vary` doesn't name")]
    [InlineData("GET {0} HTTP/1.1\r\nHost: localhost\r\nX-Custom: evil\r\n\r\n", "evil", "fields that `Vary` doesn't name")]
    [InlineData("GET {0} HTTP/1.0\r\nHost: localhost\r\n\r\n", "1.0 tlsproxy", "the version in `Via`")]
    public async Task A_request_in_another_form_has_another_key_or_reaches_the_origin_alike(string first, string token, string? row = null)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => EchoAsync(exchange));
        await using (var other = await ClientConnection.OpenAsync(proxy, Transport.Plaintext))
        {
            await other.SendAsync(first.Replace("{0}", path, StringComparison.Ordinal));
            await other.ReadReplyAsync();
        }

        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync(path);
        if (row is null)
        {
            AssertOwn(reply, token, first);
            return;
        }

        Assert.Contains(token, reply.Text, StringComparison.Ordinal);
        var documentation = Path.Combine(AppContext.BaseDirectory, "../../../../../docs/caching.md");
        Assert.Contains(await File.ReadAllLinesAsync(documentation), line => line.StartsWith($"| {row} |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_scheme_of_one_is_not_told_to_the_other()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        var path = shared.Scripted.Add(exchange => EchoAsync(exchange));
        await using var tls = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await using var clear = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await tls.GetAsync(path);
        AssertOwn(await clear.GetAsync(path), "https", "the scheme");
    }

    /// <summary>Shows the request, as a page would that prints its variables.</summary>
    private static Task EchoAsync(OriginExchange exchange, params string[] fields)
    {
        var lines = exchange.Head.Fields.Select(field => $"{field.Key}: {field.Value}\r\n");
        var text = $"{exchange.Head.FirstLine}\r\n{string.Concat(lines)}\r\n{Encoding.Latin1.GetString(exchange.Body)}";
        return exchange.AnswerAsync(Encoding.Latin1.GetBytes(text), ["Cache-Control: public, max-age=600", .. fields]);
    }

    private static void AssertOwn(ClientReply reply, string foreign, string what)
    {
        Assert.Equal(200, reply.Status);
        Assert.False(reply.Text.Contains(foreign, StringComparison.Ordinal), $"{what}: '{foreign}' reached another client:\n{reply.Text}");
    }
}
