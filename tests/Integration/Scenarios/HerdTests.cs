using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Many clients that wait for one key together: how often the origin is asked, and with whose fields.</summary>
public sealed class HerdTests(SharedProxies shared)
{
    private const int Clients = 40;

    // Method, field of the first client, field of the others, answer of the origin, requests to the origin.
    private static readonly (string Method, string First, string Others, string Answer, int Requests)[] Herds =
    [
        ("GET", "", "", "200|Cache-Control: max-age=60", 1),
        ("HEAD", "", "", "200|Cache-Control: max-age=60", 1),
        ("HEAD", "", "", "404", 1),
        ("GET", "Cookie: a=b", "", "200|Last-Modified: Tue, 03 Mar 2020 10:00:00 GMT", 2),
        ("GET", "X-Api-Key: k", "", "200|Last-Modified: Tue, 03 Mar 2020 10:00:00 GMT", 2),
        ("GET", "Cookie: a=b", "", "404", 2),
        ("GET", "", "Cookie: a=b", "404", Clients),
        ("GET", "", "", "507", 1),
        ("GET", "", "", "400", 2),
        ("GET", "", "", "429|Retry-After: 1", 2),
        ("GET", "", "Cache-Control: no-cache, no-store", "200|Cache-Control: max-age=60", 2),
        ("GET", "", "", "200|Cache-Control: max-age=1|Date: Tue, 24 Nov 2026 10:00:00 GMT", 1),
        ("GET", "If-Match: \"2\"", "If-Match: \"1\"", "200|Cache-Control: max-age=60|ETag: \"1\"", 1),
    ];

    [Fact]
    public async Task Forty_that_wait_for_one_key_are_few_requests()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        foreach (var herd in Herds)
        {
            var waiting = new Gate(1);
            var parts = herd.Answer.Split('|');
            var path = shared.Scripted.Add(async exchange =>
            {
                await waiting.WaitAsync(exchange.End);
                await exchange.SendHeadAsync($"HTTP/1.1 {parts[0]} Whatever", [.. parts[1..], "Content-Length: 6"]);
                if (exchange.Head.Method != "HEAD")
                    await exchange.SendAsync("answer"u8.ToArray());
            });

            var leader = AskAsync(proxy, herd.Method, path, herd.First);
            await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, $"one subscriber of {herd}");
            var rest = Enumerable.Range(1, Clients - 1).Select(_ => AskAsync(proxy, herd.Method, path, herd.Others)).ToArray();
            await proxy.WaitUntilAsync(statistics => statistics.Subscribers == Clients, $"40 subscribers of {herd}");
            waiting.Arrive();

            var own = herd.First.StartsWith("If-Match", StringComparison.Ordinal) ? "412" : parts[0];
            Assert.True(own == Text(await leader), $"{herd}: the first got {Text(await leader)}");
            Assert.All(await Task.WhenAll(rest), reply =>
            {
                Assert.Equal((parts[0], "6"), (Text(reply), reply.Head["Content-Length"]));
                Assert.Equal(herd.Method == "HEAD" ? "" : "answer", reply.Text);
            });
            Assert.True(herd.Requests == shared.Scripted.CountRequests(path), $"{herd}: {shared.Scripted.CountRequests(path)} requests");
            await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 0, $"no subscriber of {herd}");
        }
    }

    [Theory]
    [InlineData("GET", "503", 503)]
    [InlineData("HEAD", "500|Cache-Control: private", 503)]
    [InlineData("GET", "200|Cache-Control: max-age=60", 200)]
    public async Task Forty_with_cookies_of_their_own_are_two_requests_behind_an_error(string method, string second, int others)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var (waiting, count) = (new Gate(1), 0);
        var path = shared.Scripted.Add(async exchange =>
        {
            var parts = (Interlocked.Increment(ref count) == 1 ? "503" : second).Split('|');
            await waiting.WaitAsync(exchange.End);
            await exchange.SendHeadAsync($"HTTP/1.1 {parts[0]} Whatever", [.. parts[1..], "Content-Length: 6"]);
            if (exchange.Head.Method != "HEAD")
                await exchange.SendAsync("answer"u8.ToArray());
        });
        var asked = Enumerable.Range(0, Clients).Select(i => AskAsync(proxy, method, path, $"Cookie: a={i}")).ToArray();
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == Clients, "40 subscribers");
        waiting.Arrive();
        var statuses = (await Task.WhenAll(asked)).Select(reply => reply.Status).Order().ToArray();
        // The two whose requests were forwarded have their own answers.
        int[] own = [503, int.Parse(second.Split('|')[0], System.Globalization.CultureInfo.InvariantCulture)];
        Assert.Equal(own.Concat(Enumerable.Repeat(others, Clients - 2)).Order(), statuses);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task A_refresh_in_the_background_carries_nothing_of_the_visitor_who_was_given_the_stale_response()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var answers = Answers.Add(
            shared.Scripted, "200|Cache-Control: max-age=10, stale-while-revalidate=600|Age: 20", "200|Cache-Control: max-age=600");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(answers.Path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
        await client.GetAsync(answers.Path, fields: "Cookie: a=b\r\nX-Api-Key: k\r\nX-Other: 1\r\n");
        await proxy.WaitUntilAsync(statistics => statistics.FetchesInFlight == 0 && answers.Count == 2, "a second request");
        Assert.Equal((null, null, "1"), (answers.Asked[1]["Cookie"], answers.Asked[1]["X-Api-Key"], answers.Asked[1]["X-Other"]));
        Assert.Equal("body 2", (await client.GetAsync(answers.Path)).Text);
    }

    [Fact]
    public async Task The_cookie_of_a_confirmation_reaches_the_client_that_asked_and_no_other()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var answers = Answers.Add(
            shared.Scripted, "200|Cache-Control: max-age=10|Age: 20|ETag: \"1\"",
            "304|Cache-Control: max-age=600|ETag: \"1\"|Set-Cookie: a=b");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(answers.Path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
        var asked = await client.GetAsync(answers.Path);
        Assert.Equal(("body 1", "a=b"), (asked.Text, asked.Head["Set-Cookie"]));
        var other = await client.GetAsync(answers.Path);
        Assert.Equal(("body 1", null), (other.Text, other.Head["Set-Cookie"]));
        Assert.Equal(2, answers.Count);
    }

    private static async Task<ClientReply> AskAsync(ProxyProcess proxy, string method, string path, string field)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path, method: method, fields: field.Length == 0 ? "" : field + "\r\n");
        return await client.ReadReplyAsync(toHead: method == "HEAD");
    }

    private static string Text(ClientReply reply) => reply.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
