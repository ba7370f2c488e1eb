using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What an origin may answer, and what becomes of an answer that another recipient could read differently.</summary>
public sealed class OriginAnswerTests(SharedProxies shared)
{
    /// <summary>Each with a section and the lines after the first field.</summary>
    private static readonly (string Section, string Lines)[] Ambiguous =
    [
        ("RFC 9112 6.3, both", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("RFC 9112 6.3, both, the other first", "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        ("RFC 9112 6.1, unknown coding", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"),
        ("RFC 9112 6.3, unequal lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        ("RFC 9112 6.3, list of lengths", "Content-Length: 5, 5\r\n\r\nhello"),
        ("RFC 9112 6.3, negative", "Content-Length: -5\r\n\r\nhello"),
        ("RFC 9112 6.3, overflow", "Content-Length: 18446744073709551621\r\n\r\nhello"),
        ("RFC 9110 5.1, CR in a name", "X\r: a\r\nContent-Length: 5\r\n\r\nhello"),
        ("RFC 9110 5.1, NUL in a name", "X\0: a\r\nContent-Length: 5\r\n\r\nhello"),
        ("RFC 9112 6.1, coding with a control byte", "Transfer-Encoding: \vchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ];

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
    [InlineData(
        "RFC 9112 6.1, repeated coding",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
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

    [Fact]
    public async Task Nothing_of_an_ambiguous_answer_is_stored_and_its_connection_carries_no_other()
    {
        // An origin of its own, so that no other scenario takes the connections.
        await using var origin = new ScriptedOrigin();
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var good = origin.Add(exchange => exchange.AnswerAsync("good"u8.ToArray(), "Cache-Control: no-store", $"X-Port: {exchange.Port}"));
        foreach (var (section, lines) in Ambiguous)
        {
            var bad = origin.Add(exchange => exchange.SendAsync(
                Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + lines)));
            var before = (await client.GetAsync(good)).Head["X-Port"];
            Assert.True((await client.GetAsync(bad)).Status == 502, section);
            var after = await client.GetAsync(good);
            Assert.True(after.Text == "good" && after.Head["X-Port"] != before, $"{section}: {before}, {after.Head["X-Port"]}");
            Assert.True((await client.GetAsync(bad)).Status == 502, section);
            Assert.Equal(2, origin.CountRequests(bad));
        }
    }

    [Theory]
    [InlineData("RFC 9112 7.1, negative", "-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1, sign", "+5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1, prefix", "0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1, overflow", "10000000000000005\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1, no size", "\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1, longer than its size", "5\r\nhelloX\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 7.1.1, LF in an extension", "5;a=\nb\r\nhello\r\n0\r\n\r\n")]
    [InlineData("RFC 9112 8, no last chunk", "5\r\nhello\r\n")]
    [InlineData("RFC 9112 8, no end of trailers", "5\r\nhello\r\n0\r\n")]
    public async Task A_body_whose_chunks_are_wrong_is_cut_and_not_stored(string section, string body)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendAsync(
                Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n" + body));
            exchange.Close();
        });
        for (var i = 1; i <= 2; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await client.RequestAsync(path);
            await Assert.ThrowsAnyAsync<IOException>(() => client.ReadReplyAsync());
            Assert.True(shared.Scripted.CountRequests(path) == i, section);
        }
    }

    [Fact]
    public async Task What_follows_the_end_of_an_answer_is_not_taken_for_the_next()
    {
        (string Section, string Head, int Status)[] answers =
        [
            ("RFC 9112 6.3, 204 with content", "HTTP/1.1 204 No Content\r\n", 204),
            ("RFC 9112 6.3, 204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 38\r\n", 204),
            ("RFC 9112 6.3, more than its length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", 200),
        ];
        await using var origin = new ScriptedOrigin();
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var good = origin.Add(exchange => exchange.AnswerAsync("good"u8.ToArray(), "Cache-Control: no-store"));
        foreach (var (section, head, status) in answers)
        {
            var bad = origin.Add(exchange => exchange.SendAsync(
                Encoding.Latin1.GetBytes(head + "Cache-Control: no-store\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")));
            for (var i = 0; i < 3; i++)
            {
                Assert.True((await client.GetAsync(bad)).Status == status, section);
                Assert.True((await client.GetAsync(good)).Text == "good", section);
            }
        }
    }

    [Theory]
    [InlineData("a flood of interim answers", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 20_000)]
    [InlineData("an endless field", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 20_000)]
    [InlineData("endless fields", "X: aaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 20_000)]
    public async Task A_head_that_does_not_end_is_a_502(string what, string repeated, int times)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(async exchange =>
        {
            var begin = repeated.StartsWith("HTTP", StringComparison.Ordinal) ? string.Empty : "HTTP/1.1 200 OK\r\nX: ";
            await exchange.SendAsync(Encoding.ASCII.GetBytes(begin + string.Concat(Enumerable.Repeat(repeated, times))));
            await exchange.SendAsync("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        var (interims, reply) = await client.ReadFinalReplyAsync();
        Assert.True(reply.Status == 502, what);
        // Those that came before the bound may have reached the client.
        Assert.True(interims.Count == 0 || repeated.StartsWith("HTTP", StringComparison.Ordinal), what);
    }

    [Theory]
    [InlineData(
        "RFC 9110 15.3.7, a part for who wants the whole",
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/10\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("RFC 9110 15.4.5, confirms what nobody has", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n")]
    public async Task An_answer_to_what_was_not_asked_is_a_502(string section, string answer)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.SendAsync(Encoding.Latin1.GetBytes(answer)));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        foreach (var fields in (string[])["", "Authorization: Basic x\r\n"])
            Assert.True((await client.GetAsync(path, fields: fields)).Status == 502, section);
    }

    [Theory]
    [InlineData("RFC 9112 6.3, until close", "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 6.3, until close", "HTTP/1.0 200 OK\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData(
        "RFC 9112 C.2.2, HTTP/1.0 kept",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData(
        "RFC 9112 6.3, equal lengths",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData(
        "RFC 9112 5.2, obs-fold replaced",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData("RFC 9112 4, no reason", "HTTP/1.1 200 \r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    [InlineData(
        "RFC 9112 7.1.1, extensions",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: no-store\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData(
        "RFC 9110 15.2, interim",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello",
        "hello")]
    [InlineData(
        "RFC 9110 15.2.1, unasked 100",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello", "hello")]
    public async Task A_valid_answer_goes_on_framed_anew(string section, string answer, string content)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendAsync(Encoding.Latin1.GetBytes(answer));
            exchange.Close();
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        var (interims, reply) = await client.ReadFinalReplyAsync();
        Assert.Equal(section == "RFC 9110 15.2, interim" ? 1 : 0, interims.Count);
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
            "hello"u8.ToArray(), "Cache-Control: max-age=60",
            "Connection: X-Private, Cache-Control, Date, Content-Length, Content-Encoding", "X-Private: 1",
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
