using System.Text.RegularExpressions;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing.Cases;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Requests as an attacker writes them, over a real socket: the origin sees nothing, or exactly the one well-formed request that
/// was meant, and the next client is served.</summary>
public sealed partial class AttackTests(RecordedProxy proxy) : IClassFixture<RecordedProxy>
{
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [MemberData(nameof(RequestCases.Refused), MemberType = typeof(RequestCases))]
    public async Task A_head_that_could_be_read_differently_reaches_nobody_nor_does_what_follows_it(
        string section, string head, int status, string reason)
    {
        await using var client = await proxy.OpenAsync();
        await client.SendAsync(head + Smuggled);
        var reply = await client.ReadReplyAsync();
        Assert.True(status == reply.Status, $"{section}: {reply.Status} instead of {status} for {reason}");
        Assert.Equal("close", reply.Head["Connection"]);
        Assert.Matches(@"\A[A-Z][^\n]+\.\n\z", reply.Text);
        Assert.True(await client.IsClosedByProxyAsync());
        Assert.Empty(await proxy.SeenAsync());
    }

    [Theory]
    [MemberData(nameof(RequestCases.Accepted), MemberType = typeof(RequestCases))]
    public async Task A_valid_head_reaches_the_origin_as_one_well_formed_request(string section, string head)
    {
        await using var client = await proxy.OpenAsync();
        var length = Length().Match(head) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        var chunked = head.Contains("chunked", StringComparison.OrdinalIgnoreCase);
        await client.SendAsync(head + (chunked ? "3\r\nabc\r\n0\r\n\r\n" : new string('x', length)));
        var final = await FinalAsync(client);
        Assert.True(final.Status == 200, $"{section}: {final.Status} {final.Text}");
        var request = Assert.Single(await proxy.SeenAsync());
        Assert.Equal(chunked ? "abc" : new string('x', length), request.Body);
        Assert.Contains(request.Method + " ", head, StringComparison.Ordinal);
        Assert.EndsWith("1.1 tlsproxy", request["Via"]!.Replace("1.0", "1.1", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ChunkCases.Accepted), MemberType = typeof(ChunkCases))]
    public async Task A_chunked_body_is_coded_anew(string section, string coded, string content)
    {
        await using var client = await proxy.OpenAsync();
        await client.SendAsync(
            "POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + coded
            + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await client.ReadReplyAsync()).Status);
        Assert.Equal(200, (await client.ReadReplyAsync()).Status);
        var seen = await proxy.SeenAsync();
        Assert.True(seen is [{ Target: "/chunked" }, { Target: "/next" }], section);
        Assert.Equal(content, seen[0].Body);
        Assert.Null(seen[0]["X"]);
        // What frames a message isn't passed on as a trailer.
        Assert.DoesNotContain("Content-Length", seen[0].Trailers, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(coded.Contains("X: y", StringComparison.Ordinal), seen[0].Trailers.Contains("X: y", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ChunkCases.Malformed), MemberType = typeof(ChunkCases))]
    public async Task A_malformed_chunk_ends_the_request_before_it_is_whole(string section, string coded)
    {
        await using var client = await proxy.OpenAsync();
        await client.SendAsync("POST /chunked HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + coded + Smuggled + Smuggled);
        var reply = await client.ReadReplyAsync();
        Assert.True(reply.Status == 400, $"{section}: {reply.Status}");
        Assert.Equal("close", reply.Head["Connection"]);
        Assert.True(await client.IsClosedByProxyAsync());
        Assert.Empty(await proxy.SeenAsync());
    }

    [Theory]
    [InlineData("HEAD /.. HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417)]
    [InlineData("HEAD / HTTP/1.1\nHost: a\r\n\r\n", 400)]
    [InlineData("HEAD / HTTP/2.0\r\n", 505)]
    public async Task A_refused_HEAD_gets_no_content(string head, int status)
    {
        await using var client = await proxy.OpenAsync();
        await client.SendAsync(head);
        var reply = await client.ReadReplyAsync(toHead: true);
        Assert.Equal(status, reply.Status);
        Assert.NotEqual("0", reply.Head["Content-Length"]);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    /// <summary>What follows one request on its connection: bodies that look like requests, and requests behind the end.</summary>
    public static TheoryData<string, string, string[]> Sequences => new()
    {
        { "RFC 9112 6.3, length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, ["/a"] },
        { "RFC 9110 9.3.1, body of GET", "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, ["/a"] },
        { "RFC 9110 9.3.2, body of HEAD", "HEAD /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, ["/a"] },
        {
            "RFC 9110 9.3.5, body of DELETE",
            "DELETE /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n" + Smuggled + "\r\n0\r\n\r\n",
            ["/a"]
        },
        { "RFC 9110 9.3.7, body of OPTIONS", "OPTIONS /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, ["/a"] },
        { "RFC 9110 9.3.7, body of OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, ["*"] },
        { "RFC 9110 9.3.8, TRACE", "TRACE /a HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + Smuggled, [] },
        { "RFC 9112 9.6, close", "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Smuggled, ["/a"] },
        { "RFC 9112 9.6, close among options", "GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n" + Smuggled, ["/a"] },
        { "RFC 9112 9.3, HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n" + Smuggled, ["/a"] },
        {
            "RFC 9112 C.2.2, HTTP/1.0 kept",
            "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n" + Smuggled,
            ["/a", "/b"]
        },
        {
            "RFC 9112 9.3.2, pipelining",
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Smuggled,
            ["/a", "/b"]
        },
        {
            "RFC 9110 7.8, Upgrade",
            "GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n" + Smuggled,
            ["/a"]
        },
        {
            "RFC 9112 6.3, length of zero",
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Smuggled,
            ["/a", "/b"]
        },
    };

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task A_body_is_never_taken_for_a_request_nor_what_follows_the_last_one(string section, string sent, string[] targets)
    {
        foreach (var byByte in new[] { false, true })
        {
            await using var client = await proxy.OpenAsync();
            foreach (var piece in byByte ? sent.Select(letter => letter.ToString()) : [sent])
            {
                if (!await TrySendAsync(client, piece))
                    break;
            }

            var first = await client.ReadReplyAsync(toHead: sent.StartsWith("HEAD", StringComparison.Ordinal));
            for (var i = 1; i < targets.Length; i++)
                Assert.Equal(200, (await client.ReadReplyAsync()).Status);
            if (first.Head["Connection"] == "close" || targets.Length > 1)
                Assert.True(await client.IsClosedByProxyAsync());
            var seen = (await proxy.SeenAsync()).Select(request => request.Target).ToArray();
            Assert.True(targets.SequenceEqual(seen), $"{section}: the origin saw {string.Join(' ', seen)}");
        }
    }

    /// <summary>Sends, unless the proxy has closed already, which is its right after the last answer.</summary>
    private static async Task<bool> TrySendAsync(ClientConnection client, string text)
    {
        try
        {
            await client.SendAsync(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<ClientReply> FinalAsync(ClientConnection client)
    {
        while (true)
        {
            var head = await client.ReadHeadAsync();
            if (head.Status >= 200)
                return new ClientReply(head, await MessageBody.ReadAsync(client.Reader, head, untilClose: false, client.Limit));
        }
    }

    [GeneratedRegex(@"(?i)content-length:\s*0*(\d+)")]
    private static partial Regex Length();
}
