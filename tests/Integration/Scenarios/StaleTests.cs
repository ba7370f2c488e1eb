using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Stale responses as clients see them (RFC 5861; RFC 9111, section 4.2.4).</summary>
public sealed class StaleTests(SharedProxies shared)
{
    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Stale_while_revalidate_answers_at_once_while_one_fetch_goes_on_in_the_background(string method)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var asked = new Gate(1);
        var answered = new Gate(1);
        var requests = 0;
        var path = shared.Scripted.Add(async exchange =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                await exchange.AnswerAsync("old"u8.ToArray(), "Cache-Control: max-age=10, stale-while-revalidate=600", "Age: 20");
                return;
            }

            Assert.Equal("GET", exchange.Head.Method);
            asked.Arrive();
            await answered.WaitAsync(exchange.End);
            await exchange.AnswerAsync("new"u8.ToArray(), "Cache-Control: max-age=600");
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");

        // The origin is held at the gate, so these are answered without it.
        for (var i = 0; i < 5; i++)
        {
            await client.RequestAsync(path, method: method);
            var stale = await client.ReadReplyAsync(toHead: method == "HEAD");
            Assert.Equal(method == "HEAD" ? "" : "old", stale.Text);
            Assert.Matches("^tlsproxy; hit; ttl=-[0-9]+; detail=stale-while-revalidate$", stale.Head["Cache-Status"]);
        }

        await asked.WaitAsync(client.Limit);
        answered.Arrive();
        await proxy.WaitUntilAsync(statistics => statistics.FetchesInFlight == 0, "no fetch");
        var fresh = await client.GetAsync(path);
        Assert.Equal("new", fresh.Text);
        Assert.StartsWith("tlsproxy; hit; ttl=", fresh.Head["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(2, requests);
    }

    [Theory]
    [InlineData("max-age=10, stale-if-error=600", "503", 200, "^tlsproxy; fwd=stale; fwd-status=503; ttl=-[0-9]+; detail=stale-if-error$")]
    [InlineData("max-age=10, stale-if-error=600", "close", 200, "^tlsproxy; fwd=stale; ttl=-[0-9]+; detail=stale-if-error$")]
    [InlineData("max-age=10", "close", 200, "^tlsproxy; fwd=stale; ttl=-[0-9]+; detail=stale-if-unreachable$")]
    [InlineData("max-age=10", "503", 503, "^tlsproxy; fwd=stale; detail=no-lifetime$")]
    [InlineData("max-age=10, must-revalidate", "close", 504, "^tlsproxy; fwd=stale; detail=origin-failed$")]
    [InlineData("max-age=10, proxy-revalidate", "close", 504, "^tlsproxy; fwd=stale; detail=origin-failed$")]
    [InlineData("s-maxage=10", "close", 504, "^tlsproxy; fwd=stale; detail=origin-failed$")]
    [InlineData("max-age=10, no-cache", "close", 504, "^tlsproxy; fwd=stale; detail=origin-failed$")]
    public async Task An_origin_in_trouble_is_covered_where_that_is_allowed(string control, string trouble, int status, string cacheStatus)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var answers = Answers.Add(shared.Scripted, $"200|Cache-Control: {control}|Age: 20|ETag: \"1\"", trouble);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(answers.Path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");

        var second = await client.GetAsync(answers.Path);

        Assert.Equal(status, second.Status);
        Assert.Equal("\"1\"", answers.Asked[1]["If-None-Match"]);
        if (status == 200)
            Assert.Equal("body 1", second.Text);
        Assert.Matches(cacheStatus, second.Head["Cache-Status"]);
    }
}
