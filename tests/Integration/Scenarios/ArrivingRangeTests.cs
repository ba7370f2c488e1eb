using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Ranges of an object that is still arriving: nobody waits longer than for the bytes, and no end is invented.</summary>
public sealed class ArrivingRangeTests(SharedProxies shared)
{
    [Fact]
    public async Task A_range_beyond_what_has_arrived_is_served_as_its_bytes_come_where_the_length_is_known()
    {
        var content = TestContent.Make(200_000);
        var rest = new Gate(1);
        var path = Add(content, "Content-Length: 200000", 1000, rest);
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await part.RequestAsync(path, fields: "Range: bytes=500-1499\r\n");
        var head = await part.ReadHeadAsync();
        var body = new byte[1000];
        await part.Reader.ReadExactlyAsync(body.AsMemory(0, 500), part.Limit);
        rest.Arrive();
        await part.Reader.ReadExactlyAsync(body.AsMemory(500), part.Limit);

        Assert.Equal(206, head.Status);
        Assert.Equal("bytes 500-1499/200000", head["Content-Range"]);
        Assert.Equal("1000", head["Content-Length"]);
        Assert.Equal(content.AsSpan(500, 1000).ToArray(), body);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("bytes=500-1499", 206, "bytes 500-1499/", 500, 1000)]
    [InlineData("bytes=1900-2500", 206, "bytes 1900-1999/2000", 1900, 100)]
    [InlineData("bytes=2000-2500", 416, "bytes */2000", 0, 0)]
    public async Task A_range_beyond_what_has_arrived_waits_for_its_bytes_where_the_length_is_unknown(
        string range, int status, string contentRange, int start, int length)
    {
        var content = TestContent.Make(2000);
        var rest = new Gate(1);
        var path = Add(content, "Transfer-Encoding: chunked", 1000, rest);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await part.RequestAsync(path, fields: $"Range: {range}\r\n");
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, "one who waits");
        rest.Arrive();
        var reply = await part.ReadReplyAsync();

        Assert.Equal(status, reply.Status);
        Assert.StartsWith(contentRange, reply.Head["Content-Range"], StringComparison.Ordinal);
        Assert.Equal(content.AsSpan(start, length).ToArray(), reply.Body);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task A_client_that_goes_while_its_range_waits_is_not_waited_for()
    {
        var rest = new Gate(1);
        var path = Add(TestContent.Make(2000), "Transfer-Encoding: chunked", 1000, rest);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--write-timeout", "200ms");
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await part.RequestAsync(path, fields: "Range: bytes=1500-1600\r\n");
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, "one who waits");
        part.EndSending();
        part.Reset();

        await proxy.WaitUntilAsync(statistics => statistics is { Subscribers: 0, OpenConnections: 1 }, "none who waits");
        rest.Arrive();
    }

    [Fact]
    public async Task A_range_without_a_definite_end_goes_on_for_as_long_as_bytes_come()
    {
        var content = TestContent.Make(2000);
        var rest = new Gate(1);
        var path = Add(content, "Transfer-Encoding: chunked", 1000, rest);
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await part.RequestAsync(path, fields: "Range: bytes=400-9007199254740991\r\n");
        var head = await part.ReadHeadAsync();
        Assert.Equal(206, head.Status);
        Assert.Equal("bytes 400-9007199254740991/*", head["Content-Range"]);
        Assert.Equal("chunked", head["Transfer-Encoding"]);
        Assert.Null(head["Content-Length"]);
        rest.Arrive();

        Assert.Equal(content[400..], await MessageBody.ReadAsync(part.Reader, head, untilClose: false, part.Limit));
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task Several_ranges_out_of_order_wait_each_for_its_bytes()
    {
        var content = TestContent.Make(2000);
        var rest = new Gate(1);
        var path = Add(content, "Content-Length: 2000", 1000, rest);
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await part.RequestAsync(path, fields: "Range: bytes=1500-1599,0-9\r\n");
        var head = await part.ReadHeadAsync();
        rest.Arrive();
        var parts = MultipartBody.Parse(head, await MessageBody.ReadAsync(part.Reader, head, untilClose: false, part.Limit));

        Assert.Equal(["bytes 1500-1599/2000", "bytes 0-9/2000"], parts.Select(one => one.Head["Content-Range"]));
        Assert.Equal(content[1500..1600], parts[0].Body);
        Assert.Equal(content[..10], parts[1].Body);
    }

    [Fact]
    public async Task Who_waits_for_bytes_that_never_come_is_cut_with_the_others()
    {
        var over = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
            await exchange.SendChunkAsync(TestContent.Make(1000));
            await over.WaitAsync(exchange.End);
            exchange.Reset();
        });
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        await using var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await part.RequestAsync(path, fields: "Range: bytes=1500-1599\r\n");
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, "one who waits");
        over.Arrive();

        await Assert.ThrowsAnyAsync<IOException>(async () => await part.ReadReplyAsync());
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 0 && statistics.FetchesInFlight == 0, "nobody who waits");
    }

    [Fact]
    public async Task Who_waits_and_leaves_is_forgotten()
    {
        var content = TestContent.Make(2000);
        var rest = new Gate(1);
        var path = Add(content, "Transfer-Encoding: chunked", 1000, rest);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        await using var whole = await BeginAsync(proxy, path);
        var part = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await part.RequestAsync(path, fields: "Range: bytes=1500-1599\r\n");
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, "one who waits");
        part.Reset();
        await part.DisposeAsync();
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 0 && statistics.OpenConnections == 1, "nobody who waits");
        rest.Arrive();
        Assert.Equal(2000, (await whole.GetAsync(path)).Body.Length);
    }

    private string Add(byte[] content, string framing, int first, Gate rest) => shared.Scripted.Add(async exchange =>
    {
        var chunked = framing.StartsWith('T');
        await exchange.SendHeadAsync("HTTP/1.1 200 OK", framing, "Cache-Control: max-age=60", "Content-Type: video/mp4");
        await (chunked ? exchange.SendChunkAsync(content.AsMemory(0, first)) : exchange.SendAsync(content.AsMemory(0, first)));
        await rest.WaitAsync(exchange.End);
        await (chunked ? exchange.SendChunkAsync(content.AsMemory(first)) : exchange.SendAsync(content.AsMemory(first)));
        if (chunked)
            await exchange.SendLastChunkAsync();
    });

    /// <summary>Begins the fetch, and waits until its first bytes have gone through.</summary>
    private static async Task<ClientConnection> BeginAsync(ProxyProcess proxy, string path)
    {
        var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path, fields: "Range: bytes=0-0\r\n");
        Assert.Equal("1", (await client.ReadReplyAsync()).Body.Length.ToString(CultureInfo.InvariantCulture));
        await client.RequestAsync(path, fields: "Range: bytes=999-999\r\n");
        Assert.Equal(206, (await client.ReadReplyAsync()).Status);
        return client;
    }
}
