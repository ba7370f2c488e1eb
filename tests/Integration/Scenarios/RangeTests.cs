using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Parts of a response, and responses the client has already.</summary>
[Trait("Transport", "any")]
public sealed class RangeTests(SharedProxies shared)
{
    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)]
    [InlineData("bytes=90000-", 206, 90_000, 10_000)]
    [InlineData("bytes=-5", 206, 99_995, 5)]
    [InlineData("bytes=99990-200000", 206, 99_990, 10)]
    [InlineData("bytes=100000-", 416, 0, 0)]
    [InlineData("bytes=5-4", 200, 0, 100_000)]
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
                    Assert.Equal(status == 206 ? $"bytes {start}-{start + length - 1}/100000" : "bytes */100000", reply.Head["Content-Range"]);
            }

            Assert.Equal(1, shared.Scripted.CountRequests(path));
        }
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
    public async Task A_clients_conditions_are_applied_to_what_is_stored(string fields, int status)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            "content"u8.ToArray(), "Cache-Control: max-age=60", "ETag: \"v1\"", "Last-Modified: Mon, 23 Nov 2026 00:00:00 GMT"));
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
