using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What an origin may answer, and what becomes of an answer that another recipient could read differently.</summary>
public sealed class OriginAnswerTests(SharedProxies shared)
{
    [Theory]
    [InlineData("RFC 9112 6.3, both", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 6.3, unequal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, unequal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, bad length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, bad length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, bad length", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, bad length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhello")]
    [InlineData("RFC 9112 6.3, bad length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello")]
    [InlineData("RFC 9112 6.1, unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 6.1, unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nhello")]
    [InlineData("RFC 9112 6.1, repeated coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 6.1, HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 4, status line", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 4, status line", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 4, status line", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 4, status line", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 2.3, version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 2.3, HTTP/0.9", "hello")]
    [InlineData("RFC 9110 15.2.2, unasked switch", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("RFC 9110 5.5, control byte", "HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9110 5.1, field name", "HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9110 5.1, field name", "HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 5.1, no colon", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("RFC 9112 8, head cut", "HTTP/1.1 200 OK\r\nX: y\r\n")]
    public async Task An_answer_that_could_be_read_differently_is_a_502(string section, string answer)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendAsync(Encoding.Latin1.GetBytes(answer));
            exchange.Close();
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync(path);
        Assert.True(reply.Status == 502, $"{section}: {reply.Status}");
        // The connection and the next answer are as good as before.
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
    }

    [Theory]
    [InlineData("RFC 9112 6.3, until close", "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 6.3, until close", "HTTP/1.0 200 OK\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 C.2.2, HTTP/1.0 kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 6.3, equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 5.2, obs-fold replaced", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 4, no reason", "HTTP/1.1 200 \r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 7.1.1, extensions", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: no-store\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("RFC 9110 15.2, interim", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9110 15.2.1, unasked 100", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    public async Task A_valid_answer_goes_on_framed_anew(string section, string answer, string content)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendAsync(Encoding.Latin1.GetBytes(answer));
            exchange.Close();
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync(path);
        Assert.True(reply.Status == 200, $"{section}: {reply.Status}");
        Assert.Equal(content, reply.Text);
        Assert.Equal(1, reply.Head.Count("Content-Length") + reply.Head.Count("Transfer-Encoding"));
        Assert.Equal(1, reply.Head.Count("Date"));
        Assert.Equal(answer.StartsWith("HTTP/1.0", StringComparison.Ordinal) ? "1.0 tlsproxy" : "1.1 tlsproxy", reply.Head["Via"]);
        Assert.DoesNotContain(reply.Head.Fields, field => field.Value.Contains('\r', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RFC 9110 5.5, NUL", "a\0Set-Cookie: b")]
    [InlineData("RFC 9112 2.2, bare CR", "a\rSet-Cookie: b")]
    [InlineData("RFC 9112 5.2, obs-fold", "a\r\n Set-Cookie: b")]
    public async Task What_could_split_a_field_becomes_white_space(string section, string value)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("hello"u8.ToArray(), "Cache-Control: no-store", "X: " + value));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync(path);
        Assert.Matches("\\Aa +Set-Cookie: b\\z", reply.Head["X"]);
        Assert.True(reply.Head["Set-Cookie"] is null, section);
        Assert.Equal("hello", reply.Text);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: no-store\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\n", "5")]
    [InlineData("GET", "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n", "0")]
    public async Task An_answer_without_content_has_no_framing_that_claims_some(string method, string answer, string? length)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.SendAsync(Encoding.Latin1.GetBytes(answer)));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path, method: method, fields: "Authorization: Basic x\r\nIf-None-Match: \"1\"\r\n");
        var head = await client.ReadHeadAsync();
        Assert.Equal(length, head["Content-Length"]);
        Assert.Null(head["Transfer-Encoding"]);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
    }

    [Fact]
    public async Task What_concerns_the_origins_connection_stays_behind_and_no_Connection_takes_an_end_to_end_field_out()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            "hello"u8.ToArray(), "Cache-Control: max-age=60", "Connection: X-Private, Cache-Control, Date, Content-Length, Content-Encoding", "X-Private: 1",
            "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Trailer: X", "Upgrade: h2c", "X-Public: 2", "Content-Encoding: x",
            "Date: Tue, 03 Mar 2026 10:00:00 GMT"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 2; i++)
        {
            var reply = await client.GetAsync(path);
            string[] absent = ["Connection", "X-Private", "Keep-Alive", "Proxy-Connection", "Trailer", "Upgrade"];
            Assert.All(absent, name => Assert.Null(reply.Head[name]));
            Assert.Equal("max-age=60", reply.Head["Cache-Control"]);
            Assert.Equal("Tue, 03 Mar 2026 10:00:00 GMT", reply.Head["Date"]);
            Assert.Equal("x", reply.Head["Content-Encoding"]);
            Assert.Equal("2", reply.Head["X-Public"]);
            Assert.Equal("hello", reply.Text);
        }
    }
}
