using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The cache as clients see it (RFC 9111, RFC 9211, RFC 9213).</summary>
public sealed class CachingTests(SharedProxies shared)
{
    private const string Old = "Thu, 01 Jan 2015 00:00:00 GMT";

    [Fact]
    public async Task RFC_9111_section_2_what_an_origin_makes_of_the_scheme_is_stored_for_that_scheme()
    {
        var path = shared.Scripted.Add(async exchange =>
        {
            if (exchange.Head["X-Forwarded-Proto"] == "https")
                await exchange.AnswerAsync("secret"u8.ToArray(), "Cache-Control: max-age=60");
            else
                await exchange.SendHeadAsync(
                    "HTTP/1.1 301 Moved Permanently", "Location: https://localhost/", "Content-Length: 0", "Cache-Control: max-age=60");
        });
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--trusted-proxies", "127.0.0.0/8");
        await using var clear = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await using var tls = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(301, (await clear.GetAsync(path)).Status);
            Assert.Equal("secret", (await tls.GetAsync(path)).Text);
            // What a trusted proxy says of its client's scheme counts as much.
            Assert.Equal("secret", (await clear.GetAsync(path, fields: "X-Forwarded-Proto: https\r\n")).Text);
            Assert.Equal(301, (await tls.GetAsync(path, fields: "X-Forwarded-Proto: http\r\n")).Status);
        }

        Assert.Equal(2, shared.Scripted.CountRequests(path));
        await clear.RequestAsync(path, method: "DELETE");
        await clear.ReadReplyAsync();
        Assert.Equal("secret", (await tls.GetAsync(path)).Text);
        Assert.Equal(4, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task A_miss_a_hit_and_a_revalidation_say_so_in_Cache_Status()
    {
        var (client, answers) = await OpenAsync(
            "200|Cache-Control: max-age=600|ETag: \"1\"|Age: 100|X: old", "304|ETag: \"1\"|Cache-Control: max-age=600|X: new");
        await using var _ = client;

        var miss = await client.GetAsync(answers.Path);
        await StoredAsync(client, answers.Path);
        var hit = await client.GetAsync(answers.Path);
        var confirmed = await client.GetAsync(answers.Path, fields: "Cache-Control: no-cache\r\n");
        var updated = await client.GetAsync(answers.Path);

        Assert.StartsWith("tlsproxy; fwd=uri-miss; ttl=", miss.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.EndsWith("; stored", miss.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.InRange(Number(miss.Head["Age"]), 100, 200);
        Assert.StartsWith("tlsproxy; hit; ttl=", hit.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.InRange(Number(hit.Head["Age"]), 100, 200);
        Assert.Equal(600 - Number(hit.Head["Age"]), Number(hit.Head["Cache-Status"]!.Split("ttl=")[1]));
        Assert.StartsWith("tlsproxy; fwd=request; fwd-status=304; ttl=", confirmed.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.Null(confirmed.Head["Age"]);
        Assert.Equal(("body 1", "new"), (confirmed.Text, confirmed.Head["X"]));
        Assert.Equal(("body 1", "new"), (updated.Text, updated.Head["X"]));
        Assert.InRange(Number(updated.Head["Age"]), 0, 50);
        Assert.Equal("\"1\"", answers.Asked[1]["If-None-Match"]);
        Assert.Equal(2, answers.Count);
    }

    [Fact]
    public async Task RFC_9211_section_2_the_member_follows_those_of_caches_before()
    {
        var (client, answers) = await OpenAsync("200|Cache-Control: max-age=600|Cache-Status: upstream; hit; ttl=5");
        await using var _ = client;
        var miss = await client.GetAsync(answers.Path);
        Assert.StartsWith("upstream; hit; ttl=5, tlsproxy; fwd=uri-miss", miss.Head["Cache-Status"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RFC_9211_section_2_answers_in_place_of_the_origins_say_what_became_of_the_request()
    {
        var (client, answers) = await OpenAsync("close");
        await using var _ = client;
        var failed = await client.GetAsync(answers.Path);
        Assert.Equal((502, "tlsproxy; fwd=uri-miss; detail=origin-failed"), (failed.Status, failed.Head["Cache-Status"]));
        var absent = await client.GetAsync(answers.Path, fields: "Cache-Control: only-if-cached\r\n");
        Assert.Equal((504, "tlsproxy; detail=only-if-cached"), (absent.Status, absent.Head["Cache-Status"]));
    }

    [Theory]
    [InlineData("GET /health HTTP/1.1\r\nHost: a\r\n\r\n", 200, "own-answer")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", 200, "own-answer")]
    [InlineData("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 405, "own-answer")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "own-answer")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400, "refused")]
    [InlineData("GET\r\n\r\n", 400, "refused")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 200-ok\r\n\r\nx", 417, "refused")]
    [InlineData("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "refused")]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "refused")]
    public async Task RFC_9211_section_2_answers_of_the_proxys_own_say_so(string request, int status, string detail)
    {
        var (client, _) = await OpenAsync("close");
        await using var owned = client;
        await client.SendAsync(request);
        var reply = await client.ReadReplyAsync();
        Assert.Equal((status, $"tlsproxy; detail={detail}"), (reply.Status, reply.Head["Cache-Status"]));
    }

    [Theory]
    [InlineData("200|Cache-Control: max-age=600", true)]
    [InlineData("200|Cache-Control: no-store, max-age=600", false)]
    [InlineData("200|Cache-Control: private, max-age=600", false)]
    [InlineData("200|Cache-Control: max-age=600|Age: 600", false)]
    [InlineData("200|Expires: Thu, 18 Aug 2050 02:01:18 GMT", true)]
    [InlineData("200|Expires: 0", false)]
    [InlineData("200|Cache-Control: max-age=600|Vary: *", false)]
    [InlineData("200|Last-Modified: " + Old, true)]
    [InlineData("200|Last-Modified: " + Old + "|Set-Cookie: a=b", false)]
    [InlineData("404|Last-Modified: " + Old, true)]
    [InlineData("403|Last-Modified: " + Old, false)]
    [InlineData("200|X-None: 1", false)]
    [InlineData("599|Cache-Control: max-age=600", true)]
    [InlineData("599|Cache-Control: max-age=600, must-understand, no-store", false)]
    [InlineData("200|Cache-Control: no-store|CDN-Cache-Control: max-age=600", true)]
    [InlineData("200|Cache-Control: max-age=600|CDN-Cache-Control: no-store", false)]
    [InlineData("200|Cache-Control: no-store|CDN-Cache-Control: max-age=\"600\"", false)]
    [InlineData("200|Cache-Control: max-age=600|Set-Cookie: a=b", true)]
    public async Task What_the_origin_allows_is_answered_from_the_cache_and_nothing_else(string answer, bool isStored)
    {
        var (client, answers) = await OpenAsync(answer);
        await using var _ = client;
        var first = await client.GetAsync(answers.Path);
        if (isStored)
            await StoredAsync(client, answers.Path);
        var second = await client.GetAsync(answers.Path);
        Assert.Equal(first.Status, second.Status);
        Assert.Equal(isStored ? "body 1" : "body 2", second.Text);
        Assert.Equal(isStored, second.Head["Cache-Status"]!.StartsWith("tlsproxy; hit; ttl=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Section_5_2_2_7_private_fields_reach_the_first_client_only()
    {
        var (client, answers) = await OpenAsync("200|Cache-Control: max-age=600, private=\"x-mine\"|X-Mine: 1|X-Ours: 2");
        await using var _ = client;
        var first = await client.GetAsync(answers.Path);
        await StoredAsync(client, answers.Path);
        var second = await client.GetAsync(answers.Path);
        Assert.Equal(("1", "2"), (first.Head["X-Mine"], first.Head["X-Ours"]));
        Assert.Equal((null, "2"), (second.Head["X-Mine"], second.Head["X-Ours"]));
    }

    [Fact]
    public async Task Section_4_1_each_variant_is_kept_for_those_it_was_selected_by()
    {
        var (client, answers) = await OpenAsync("200|Cache-Control: max-age=600|Vary: Accept-Language");
        await using var _ = client;
        await client.GetAsync(answers.Path, fields: "Accept-Language: de, en\r\n");
        var other = await client.GetAsync(answers.Path, fields: "Accept-Language: fr\r\n");
        await StoredAsync(client, answers.Path, "Accept-Language: fr\r\n");
        Assert.StartsWith("tlsproxy; fwd=vary-miss", other.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal("body 1", (await client.GetAsync(answers.Path, fields: "Accept-Language: DE ,eN\r\n")).Text);
        Assert.Equal("body 2", (await client.GetAsync(answers.Path, fields: "Accept-Language: fr\r\n")).Text);
        Assert.Equal("body 3", (await client.GetAsync(answers.Path)).Text);
    }

    [Fact]
    public async Task Section_4_4_a_successful_change_forgets_its_target_and_what_its_answer_names()
    {
        var (client, item) = await OpenAsync("200|Cache-Control: max-age=600", "204", "200|Cache-Control: max-age=600");
        await using var _ = client;
        var list = Answers.Add(shared.Scripted, $"201|Location: {item.Path}");
        await client.GetAsync(item.Path);
        await StoredAsync(client, item.Path);
        await client.RequestAsync(item.Path, method: "M-SEARCH");
        await client.ReadReplyAsync();
        Assert.Equal("body 3", (await client.GetAsync(item.Path)).Text);
        await StoredAsync(client, item.Path);
        await client.SendAsync($"POST {list.Path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
        var created = await client.ReadReplyAsync();
        Assert.Equal("tlsproxy; fwd=method; detail=method", created.Head["Cache-Status"]);
        Assert.Equal("body 4", (await client.GetAsync(item.Path)).Text);
    }

    [Fact]
    public async Task Section_4_3_5_HEAD_is_answered_from_a_stored_GET_and_updates_a_stale_one()
    {
        var (client, answers) = await OpenAsync(
            "200|Cache-Control: max-age=600|X: old|Age: 599", "200|Cache-Control: max-age=600|X: new|Content-Length: 6");
        await using var _ = client;
        var fresh = Answers.Add(shared.Scripted, "200|Cache-Control: max-age=600");
        await client.GetAsync(fresh.Path);
        await StoredAsync(client, fresh.Path);
        await client.RequestAsync(fresh.Path, method: "HEAD");
        var head = await client.ReadReplyAsync(toHead: true);
        Assert.StartsWith("tlsproxy; hit", head.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal("6", head.Head["Content-Length"]);

        await client.GetAsync(answers.Path);
        await StoredAsync(client, answers.Path);
        // One second of freshness is left at most; a request for ten makes it too old at once.
        await client.RequestAsync(answers.Path, method: "HEAD", fields: "Cache-Control: min-fresh=10\r\n");
        await client.ReadReplyAsync(toHead: true);
        Assert.Equal("HEAD", answers.Asked[1].Method);
        var updated = await client.GetAsync(answers.Path);
        Assert.Equal(("body 1", "new"), (updated.Text, updated.Head["X"]));
        Assert.Equal(2, answers.Count);
    }

    [Fact]
    public async Task Section_5_2_1_7_only_if_cached_is_answered_from_the_cache_or_with_504()
    {
        var (client, answers) = await OpenAsync("200|Cache-Control: max-age=600");
        await using var _ = client;
        const string Only = "Cache-Control: only-if-cached\r\n";
        Assert.Equal(504, (await client.GetAsync(answers.Path, fields: Only)).Status);
        await client.GetAsync(answers.Path);
        await StoredAsync(client, answers.Path);
        Assert.Equal("body 1", (await client.GetAsync(answers.Path, fields: Only)).Text);
        Assert.Equal(1, answers.Count);
    }

    [Fact]
    public async Task Section_3_5_what_was_asked_for_with_Authorization_is_shared_only_where_the_origin_says_so()
    {
        var (client, mine) = await OpenAsync("200|Cache-Control: max-age=600");
        await using var _ = client;
        var ours = Answers.Add(shared.Scripted, "200|Cache-Control: max-age=600, public");
        const string Authorization = "Authorization: Basic eDp5\r\n";
        foreach (var answers in new[] { mine, ours })
        {
            await client.GetAsync(answers.Path, fields: Authorization);
            if (answers == ours)
                await StoredAsync(client, answers.Path);
            await client.GetAsync(answers.Path);
        }

        Assert.Equal((2, 1), (mine.Count, ours.Count));
        Assert.Equal("Basic eDp5", mine.Asked[0]["Authorization"]);
    }

    private async Task<(ClientConnection Client, Answers Answers)> OpenAsync(params string[] answers)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        return (await ClientConnection.OpenAsync(proxy, Transport.Plaintext), Answers.Add(shared.Scripted, answers));
    }

    /// <summary>The answer reaches its client before it is stored; waits until it is.</summary>
    private static async Task StoredAsync(ClientConnection client, string path, string fields = "")
    {
        while ((await client.GetAsync(path, fields: fields + "Cache-Control: only-if-cached, max-stale\r\n")).Status == 504)
            client.Limit.ThrowIfCancellationRequested();
    }

    private static int Number(string? text) => int.Parse(text!, CultureInfo.InvariantCulture);
}
