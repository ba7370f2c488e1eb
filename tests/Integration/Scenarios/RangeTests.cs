using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Parts of a response, and responses the client has already.</summary>
public sealed class RangeTests(SharedProxies shared)
{
    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)]
    [InlineData("bytes=90000-", 206, 90_000, 10_000)]
    [InlineData("bytes=-5", 206, 99_995, 5)]
    [InlineData("bytes=99990-200000", 206, 99_990, 10)]
    [InlineData("bytes=100000-", 416, 0, 0)]
    [InlineData("bytes=5-4", 200, 0, 100_000)]
    [InlineData("bytes=0-9,5-19", 206, 0, 20)]
    [InlineData("bytes=-0", 416, 0, 0)]
    [InlineData("lines=0-1", 200, 0, 100_000)]
    public async Task A_range_is_cut_from_the_whole_object_fetched_or_stored(string range, int status, int start, int length)
    {
        foreach (var transport in new[] { Transport.Plaintext, Transport.Tls13User })
        {
            var proxy = await shared.BeforeScriptedAsync(transport);
            var content = TestContent.Make(100_000);
            var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: max-age=60", "ETag: \"v1\""));
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            for (var i = 0; i < 2; i++)
            {
                var reply = await client.GetAsync(path, fields: $"Range: {range}\r\n");
                Assert.Equal(status, reply.Status);
                Assert.Equal(content.AsSpan(start, length).ToArray(), reply.Body);
                if (status != 200)
                    Assert.Equal(
                        status == 206 ? $"bytes {start}-{start + length - 1}/100000" : "bytes */100000", reply.Head["Content-Range"]);
            }

            Assert.Equal(1, shared.Scripted.CountRequests(path));
        }
    }

    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task Several_ranges_come_as_parts_in_their_order(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var content = TestContent.Make(3_000_000);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            content, "Cache-Control: max-age=60", "ETag: \"v1\"", "Content-Type: video/mp4", "X-Other: y"));
        for (var i = 0; i < 2; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            var reply = await client.GetAsync(path, persistence, "Range: bytes=2500000-2999999, 5-5,-1,0-4,9000000-,100-2000000\r\n");
            Assert.Equal(206, reply.Status);
            Assert.Null(reply.Head["Content-Range"]);
            Assert.Equal(1, reply.Head.Count("Content-Type"));
            Assert.Equal("\"v1\"", reply.Head["ETag"]);
            Assert.Equal("y", reply.Head["X-Other"]);
            var parts = MultipartBody.Parse(reply.Head, reply.Body);
            (int First, int Last)[] expected = [(2_500_000, 2_999_999), (0, 5), (100, 2_000_000)];
            Assert.Equal(
                expected.Select(range => $"bytes {range.First}-{range.Last}/3000000"),
                parts.Select(part => part.Head["Content-Range"]));
            Assert.All(parts, part => Assert.Equal("video/mp4", part.Head["Content-Type"]));
            for (var part = 0; part < parts.Count; part++)
                Assert.True(
                    content.AsSpan(expected[part].First..(expected[part].Last + 1)).SequenceEqual(parts[part].Body),
                    $"part {part} differs");
            if (persistence == Persistence.Close)
                Assert.True(await client.IsClosedByProxyAsync());
            else
                Assert.Equal(206, (await client.GetAsync(path, fields: "Range: bytes=0-0\r\n")).Status);
        }

        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task A_416_describes_nothing_but_the_length()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            TestContent.Make(100), "Cache-Control: max-age=60", "ETag: \"v1\"", "Content-Type: a/b", "Set-Cookie: c=d"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        var reply = await client.GetAsync(path, fields: "Range: bytes=100-\r\n");
        Assert.Equal(416, reply.Status);
        Assert.Equal("bytes */100", reply.Head["Content-Range"]);
        Assert.Equal("0", reply.Head["Content-Length"]);
        Assert.Equal(1, reply.Head.Count("Date"));
        string[] absent = ["ETag", "Cache-Control", "Content-Type", "Set-Cookie"];
        Assert.All(absent, name => Assert.Null(reply.Head[name]));
    }

    [Theory]
    [InlineData("HTTP/1.1", "bytes=0-0")]
    [InlineData("HTTP/1.1", "bytes=0-0,2-2")]
    [InlineData("HTTP/1.0", "bytes=900-")]
    public async Task HEAD_has_no_ranges(string version, string range)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(100), "Cache-Control: max-age=60"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        await client.SendAsync($"HEAD {path} {version}\r\nHost: localhost\r\nConnection: keep-alive\r\nRange: {range}\r\n\r\n");
        var reply = await client.ReadReplyAsync(toHead: true);
        Assert.Equal(200, reply.Status);
        Assert.Equal("100", reply.Head["Content-Length"]);
        Assert.Null(reply.Head["Content-Range"]);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
    }

    [Theory]
    [InlineData("If-Match: \"v1\"", 200)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Match: \"v0\"", 412)]
    [InlineData("If-Match: W/\"v1\"", 412)]
    [InlineData("If-Match: \"v0\"\r\nRange: bytes=0-1", 412)]
    [InlineData("If-Match: \"v1\"\r\nRange: bytes=0-1", 206)]
    [InlineData("If-Unmodified-Since: Tue, 24 Nov 2026 00:00:00 GMT", 200)]
    [InlineData("If-Unmodified-Since: Mon, 23 Nov 2020 00:00:00 GMT", 412)]
    [InlineData("If-Match: \"v1\"\r\nIf-None-Match: \"v1\"", 304)]
    public async Task The_state_that_a_request_names_is_compared_with_what_is_stored_or_asked_for_all(string fields, int status)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.Head["If-Match"] is null && exchange.Head["If-Unmodified-Since"] is null
            ? exchange.AnswerAsync(
                "content"u8.ToArray(), "Cache-Control: max-age=60", "ETag: \"v1\"", "Last-Modified: Mon, 23 Nov 2026 00:00:00 GMT")
            : exchange.SendHeadAsync("HTTP/1.1 400 Nobody asks for this", "Content-Length: 0"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        // Of what isn't stored yet, then of what is.
        for (var i = 0; i < 2; i++)
        {
            var reply = await client.GetAsync(path, fields: fields + "\r\n");
            Assert.True(status == reply.Status, $"{reply.Status}, {reply.Head["Cache-Status"]}");
        }

        Assert.Equal("content", (await client.GetAsync(path)).Text);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("Content-Length: 200000", "bytes 100-199/200000")]
    [InlineData("Transfer-Encoding: chunked", "bytes 100-199/*")]
    public async Task A_range_of_an_object_that_is_still_arriving_is_served_from_what_is_there(string framing, string contentRange)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var content = TestContent.Make(200_000);
        var served = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            var chunked = framing.StartsWith('T');
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", framing, "Cache-Control: max-age=60");
            await (chunked ? exchange.SendChunkAsync(content.AsMemory(0, 1000)) : exchange.SendAsync(content.AsMemory(0, 1000)));
            await served.WaitAsync(exchange.End);
            await (chunked ? exchange.SendChunkAsync(content.AsMemory(1000)) : exchange.SendAsync(content.AsMemory(1000)));
            if (chunked)
                await exchange.SendLastChunkAsync();
        });
        await using var whole = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await whole.RequestAsync(path);
        var head = await whole.ReadHeadAsync();
        await whole.Reader.ReadExactlyAsync(new byte[framing.StartsWith('T') ? 5 : 0], whole.Limit);

        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await part.GetAsync(path, fields: "Range: bytes=100-199\r\n");
        served.Arrive();

        Assert.Equal(200, head.Status);
        Assert.Equal(206, reply.Status);
        Assert.Equal(contentRange, reply.Head["Content-Range"]);
        Assert.Equal(content.AsSpan(100, 100).ToArray(), reply.Body);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("If-None-Match: \"v1\"", 304)]
    [InlineData("If-None-Match: \"v0\", W/\"v1\"", 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"v0\"\r\nIf-Modified-Since: Tue, 24 Nov 2026 00:00:00 GMT", 200)]
    [InlineData("If-Modified-Since: Tue, 24 Nov 2026 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since: Mon, 23 Nov 2020 00:00:00 GMT", 200)]
    [InlineData("Range: bytes=0-0\r\nIf-Range: \"v1\"", 206)]
    [InlineData("Range: bytes=0-0\r\nIf-Range: \"v0\"", 200)]
    [InlineData("Range: bytes=0-0\r\nIf-Range: W/\"v1\"", 200)]
    [InlineData("Range: bytes=0-0\r\nIf-Range: Mon, 23 Nov 2026 00:00:00 GMT", 206)]
    [InlineData("Range: bytes=0-0\r\nIf-Range: Tue, 24 Nov 2026 00:00:00 GMT", 200)]
    [InlineData("Range: bytes=0-0\r\nIf-None-Match: \"v1\"", 304)]
    public async Task A_clients_conditions_are_applied_to_what_is_stored(string fields, int status)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            "content"u8.ToArray(), "Cache-Control: max-age=60", "ETag: \"v1\"", "Last-Modified: Mon, 23 Nov 2026 00:00:00 GMT",
            "Date: " + DateTimeOffset.UtcNow.AddYears(1).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 2; i++)
        {
            await client.RequestAsync(path, fields: fields + "\r\n");
            var reply = await client.ReadReplyAsync();
            Assert.Equal(status, reply.Status);
            Assert.Equal("\"v1\"", reply.Head["ETag"]);
            Assert.Equal(status switch { 200 => 7, 206 => 1, _ => 0 }, reply.Body.Length);
        }

        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }
}
