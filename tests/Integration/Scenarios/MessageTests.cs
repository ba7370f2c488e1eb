using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

public sealed class MessageTests(SharedProxies shared)
{
    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task Pipelined_requests_are_answered_in_order(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var paths = Enumerable.Range(0, 20)
            .Select(i => shared.Scripted.Add(
                e => e.AnswerAsync(Encoding.ASCII.GetBytes($"answer {i}"), "Cache-Control: max-age=60"))).ToArray();
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        var requests = new StringBuilder();
        foreach (var path in paths)
            requests.Append($"GET {path} HTTP/1.1\r\nHost: localhost\r\n").Append(Last(path)).Append("\r\n");
        await client.SendAsync(requests.ToString());

        for (var i = 0; i < paths.Length; i++)
            Assert.Equal($"answer {i}", (await client.ReadReplyAsync()).Text);
        if (persistence == Persistence.Close)
            Assert.True(await client.IsClosedByProxyAsync());

        string Last(string path) => persistence == Persistence.Close && path == paths[^1] ? "Connection: close\r\n" : "";
    }

    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task HEAD_is_answered_without_a_body(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var path = shared.Scripted.Add(e => e.AnswerAsync(TestContent.Make(5000), "Cache-Control: max-age=60"));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        Assert.Equal(5000, (await client.GetAsync(path)).Body.Length);

        await client.RequestAsync(path, persistence, "HEAD");
        var reply = await client.ReadReplyAsync(toHead: true);

        Assert.Equal(200, reply.Status);
        Assert.Equal("5000", reply.Head["Content-Length"]);
        if (persistence == Persistence.Close)
            Assert.True(await client.IsClosedByProxyAsync());
        else
            Assert.Equal(5000, (await client.GetAsync(path)).Body.Length);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task A_client_of_HTTP_1_0_gets_the_body_of_unknown_length_without_chunks(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var content = TestContent.Make(70_000);
        var path = shared.Scripted.Add(async e =>
        {
            await e.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
            await e.SendChunkAsync(content);
            await e.SendLastChunkAsync();
        });
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        var connection = persistence == Persistence.KeepAlive ? "Connection: keep-alive\r\n" : "";
        await client.SendAsync($"GET {path} HTTP/1.0\r\nHost: localhost\r\n{connection}\r\n");
        var head = await client.ReadHeadAsync();
        Assert.Null(head["Transfer-Encoding"]);
        Assert.Equal(content, await MessageBody.ReadAsync(client.Reader, head, untilClose: true, client.Limit));
        if (persistence == Persistence.Close)
            Assert.True(await client.IsClosedByProxyAsync());
    }

    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task A_chunked_body_of_the_origin_arrives_whole_and_is_stored(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var content = TestContent.Make(300_000);
        var path = shared.Scripted.Add(async e =>
        {
            await e.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
            foreach (var chunk in content.Chunk(7001))
                await e.SendChunkAsync(chunk);
            await e.SendLastChunkAsync();
        });

        for (var i = 0; i < 2; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            Assert.Equal(content, (await client.GetAsync(path, persistence)).Body);
        }
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task POST_passes_with_its_body_and_is_not_stored(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var path = shared.Scripted.Add(e => e.AnswerAsync(e.Body, "Cache-Control: max-age=60"));
        var content = TestContent.Make(200_000);

        for (var i = 1; i <= 2; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            await client.RequestAsync(path, persistence, "POST", $"Content-Length: {content.Length}\r\n");
            await client.SendAsync(content);
            Assert.Equal(content, (await client.ReadReplyAsync()).Body);
            Assert.Equal(i, shared.Scripted.CountRequests(path));
        }
    }

    [Fact]
    public async Task A_chunked_request_body_passes()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        var path = shared.Scripted.Add(e => e.AnswerAsync(e.Body));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);

        await client.RequestAsync(path, method: "PUT", fields: "Transfer-Encoding: chunked\r\n");
        await client.SendAsync("5\r\nHello\r\n7;x=y\r\n, world\r\n0\r\n\r\n");

        Assert.Equal("Hello, world", (await client.ReadReplyAsync()).Text);
    }
}
