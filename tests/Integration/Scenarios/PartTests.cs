using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Parts of responses as clients and origins see them (RFC 9111, sections 3.3 and 3.4; RFC 9110, section 15.3.7).</summary>
public sealed class PartTests(SharedProxies shared)
{
    private const string Passing = """{ "rules": [ { "path": "/object/", "pass-ranges": true } ] }""";

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task RFC_9111_section_3_4_a_download_that_broke_off_goes_on_where_it_broke_off(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var content = TestContent.Make(3_000_000);
        var asked = new List<string?>();
        var path = shared.Scripted.Add(async exchange =>
        {
            asked.Add(exchange.Head["Range"]);
            if (asked.Count == 1)
            {
                await exchange.SendHeadAsync(
                    "HTTP/1.1 200 OK", $"Content-Length: {content.Length}", "Cache-Control: max-age=60", "ETag: \"v1\"");
                await exchange.SendAsync(content.AsMemory(0, 2_000_000));
                exchange.Close();
                return;
            }

            Assert.Equal("\"v1\"", exchange.Head["If-Range"]);
            var first = int.Parse(exchange.Head["Range"]!["bytes=".Length..^1], CultureInfo.InvariantCulture);
            await exchange.SendHeadAsync(
                "HTTP/1.1 206 Partial Content", $"Content-Length: {content.Length - first}", "Cache-Control: max-age=60", "ETag: \"v1\"",
                $"Content-Range: bytes {first}-{content.Length - 1}/{content.Length}");
            await exchange.SendAsync(content.AsMemory(first));
        });
        await using (var cut = await ClientConnection.OpenAsync(proxy, transport))
        {
            await cut.RequestAsync(path);
            await Assert.ThrowsAnyAsync<IOException>(() => cut.ReadReplyAsync());
        }

        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        var whole = await client.GetAsync(path);
        Assert.Equal((200, null), (whole.Status, whole.Head["Content-Range"]));
        Assert.True(content.AsSpan().SequenceEqual(whole.Body));
        Assert.Matches("^tlsproxy; fwd=partial; fwd-status=206; ttl=[0-9]+; stored$", whole.Head["Cache-Status"]);
        var range = await client.GetAsync(path, fields: "Range: bytes=1999990-2000009\r\n");
        Assert.Equal(content[1_999_990..2_000_010], range.Body);
        Assert.StartsWith("tlsproxy; hit", range.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public async Task RFC_9110_section_15_3_7_3_ranges_that_were_passed_on_are_kept_and_combined()
    {
        await using var proxy = await StartAsync(Passing, shared.Scripted.Address);
        var content = TestContent.Make(500_000);
        var (path, count) = AddRanged(content);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await AssertRangeAsync(proxy, client, path, content, 0, 199_999, "tlsproxy; fwd=uri-miss; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 150_000, 349_999, "tlsproxy; fwd=partial; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 100_000, 299_999, "tlsproxy; hit; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 400_000, 499_999, "tlsproxy; fwd=partial; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 300_000, 449_999, "tlsproxy; fwd=partial; ttl=");
        Assert.Equal(4, count());
        var whole = await client.GetAsync(path);
        Assert.Equal(200, whole.Status);
        Assert.StartsWith("tlsproxy; hit", whole.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.True(content.AsSpan().SequenceEqual(whole.Body));
        Assert.Equal(4, count());
    }

    [Fact]
    public async Task A_range_of_an_object_that_is_too_large_to_be_stored_is_passed_on_and_kept()
    {
        await using var proxy = await StartAsync("{}", shared.Scripted.Address, "--max-object-size", "1MiB");
        var content = TestContent.Make(8_000_000);
        var (path, count) = AddRanged(content);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        // The first fetch asks for the whole, and learns that it is too large.
        await AssertRangeAsync(proxy, client, path, content, 7_000_000, 7_099_999, "tlsproxy; fwd=miss; ttl=");
        Assert.Equal(2, count());
        await AssertRangeAsync(proxy, client, path, content, 7_000_000, 7_049_999, "tlsproxy; hit; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 6_000_000, 6_000_009, "tlsproxy; fwd=partial; ttl=");
        Assert.Equal(3, count());
    }

    [Fact]
    public async Task Ranges_of_nginx_are_kept_and_combined()
    {
        var nginx = await shared.NginxAsync();
        var content = TestContent.Make(300_000);
        var path = nginx.Add("parts.bin", content);
        await using var proxy = await StartAsync(Passing, nginx.Address);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await AssertRangeAsync(proxy, client, path, content, 0, 99, "tlsproxy; fwd=uri-miss; ttl=");
        await AssertRangeAsync(proxy, client, path, content, 100, 299_999, "tlsproxy; fwd=partial; ttl=");
        var whole = await client.GetAsync(path);
        Assert.StartsWith("tlsproxy; hit", whole.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.True(content.AsSpan().SequenceEqual(whole.Body));
        Assert.Equal(2, await nginx.CountRequestsAsync(path));
    }

    private static async Task AssertRangeAsync(
        ProxyProcess proxy, ClientConnection client, string path, byte[] content, int first, int last, string cacheStatus)
    {
        var reply = await client.GetAsync(path, fields: $"Range: bytes={first}-{last}\r\n");
        Assert.Equal((206, $"bytes {first}-{last}/{content.Length}"), (reply.Status, reply.Head["Content-Range"]));
        Assert.True(content.AsSpan(first..(last + 1)).SequenceEqual(reply.Body));
        Assert.StartsWith(cacheStatus, reply.Head["Cache-Status"], StringComparison.Ordinal);
        // The client has the last byte before the cache.
        await proxy.WaitUntilAsync(statistics => statistics.FetchesInFlight == 0, "no fetch");
    }

    private async Task<ProxyProcess> StartAsync(string configuration, Uri origin, params string[] options)
    {
        // The proxy reads the file before it listens.
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], configuration);
        return await shared.StartAsync(origin, Transport.Tls13User, ["--config", folder["options.json"], .. options]);
    }

    /// <summary>A path whose every request is for one range.</summary>
    /// <returns>The path, and what counts its requests.</returns>
    private (string Path, Func<int> Count) AddRanged(byte[] content)
    {
        var path = shared.Scripted.Add(async exchange =>
        {
            string[] fields = ["Cache-Control: max-age=60", "ETag: \"v1\""];
            if (exchange.Head["Range"] is not { } range)
            {
                await exchange.AnswerAsync(content, fields);
                return;
            }

            var ends = range["bytes=".Length..].Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
            await exchange.SendHeadAsync(
                "HTTP/1.1 206 Partial Content",
                [$"Content-Range: bytes {ends[0]}-{ends[1]}/{content.Length}", $"Content-Length: {ends[1] + 1 - ends[0]}", .. fields]);
            await exchange.SendAsync(content.AsMemory(ends[0]..(ends[1] + 1)));
        });
        return (path, () => shared.Scripted.CountRequests(path));
    }
}
