using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>An origin of several servers, some of which are down.</summary>
public sealed class OriginClusterTests(SharedProxies shared)
{
    [Fact]
    public async Task Requests_go_on_without_an_error_where_a_server_is_down()
    {
        await using RecordingOrigin one = new(), two = new();
        using var refusing = new RefusingServer();
        using var folder = new TemporaryFolder();
        await using var proxy = await StartAsync(folder, one, $"\"{UrlOf(one)}\", \"{UrlOf(two)}\", \"{refusing.Url}\"");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        for (var i = 0; i < 30; i++)
            Assert.Equal(200, (await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/{i}"))).Status);

        Assert.Equal(30, one.Requests.Length + two.Requests.Length);
        Assert.InRange(one.Requests.Length, 10, 20);
        await proxy.WaitForLogAsync($"origin shop: {refusing.Address} gets no requests for now. The origin can't be reached");
    }

    [Fact]
    public async Task A_POST_is_not_sent_to_a_second_server()
    {
        await using RecordingOrigin one = new();
        using var refusing = new RefusingServer();
        using var folder = new TemporaryFolder();
        await using var proxy = await StartAsync(folder, one, $"\"{UrlOf(one)}\", \"{refusing.Url}\"");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var statuses = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n1");
            statuses.Add((await client.ReadReplyAsync()).Status);
        }

        Assert.Equal([200, 502, 200, 502, 200, 502], statuses);
        Assert.Equal(3, one.Requests.Length);
    }

    [Fact]
    public async Task Without_a_healthy_server_clients_are_told_so_and_stored_responses_stand_in()
    {
        await using var origin = new ScriptedOrigin();
        using var folder = new TemporaryFolder();
        var isDown = 0;
        var path = origin.Add(async exchange =>
        {
            if (Volatile.Read(ref isDown) == 0)
                await exchange.AnswerAsync("old"u8.ToArray(), "Cache-Control: max-age=1", "Age: 20", "ETag: \"1\"");
            else
                exchange.Reset();
        });
        await using var proxy = await StartAsync(folder, origin, $"\"{UrlOf(origin)}\"");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(200, (await client.GetAsync(path)).Status);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
        Volatile.Write(ref isDown, 1);

        // The ejection is over after a second, and longer after each trial: on a slow machine some requests may be trials.
        var other = origin.Add(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });
        ClientReply reply;
        do
            reply = await client.GetAsync(other);
        while (reply.Status == 502);
        Assert.Equal((503, "No server of the origin is healthy."), (reply.Status, reply.Text.TrimEnd()));
        var stale = await client.GetAsync(path);

        Assert.Equal((200, "old"), (stale.Status, stale.Text));
        await proxy.WaitForLogAsync("No server of the origin is healthy (origin shop). Clients got: 503 (1).");
    }

    [Fact]
    public async Task A_server_that_is_back_gets_requests_again()
    {
        await using var origin = new ScriptedOrigin();
        using var folder = new TemporaryFolder();
        var isDown = 1;
        var path = origin.Add(async exchange =>
        {
            if (Volatile.Read(ref isDown) == 0)
                await exchange.AnswerAsync("back"u8.ToArray(), "Cache-Control: no-store");
            else
                exchange.Reset();
        });
        await using var proxy = await StartAsync(folder, origin, $"\"{UrlOf(origin)}\"");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        while ((await client.GetAsync(path)).Status != 503)
            Assert.InRange(origin.CountRequests(path), 1, 100);
        Volatile.Write(ref isDown, 0);

        // Trials come a second apart, then two; each request that is none is refused at once.
        while ((await client.GetAsync(path)).Status != 200)
            await Task.Delay(20);

        await proxy.WaitForLogAsync($"origin shop: {origin.Address.Authority} gets requests again");
        Assert.Equal("back", (await client.GetAsync(path)).Text);
    }

    [Fact]
    public async Task A_health_check_takes_a_server_out_and_brings_it_back()
    {
        await using ScriptedOrigin sick = new(), well = new();
        using var folder = new TemporaryFolder();
        var status = "503 Service Unavailable";
        sick.At("/health", exchange => exchange.SendHeadAsync("HTTP/1.1 " + Volatile.Read(ref status), "Content-Length: 1", "\r\nx"));
        well.At("/health", exchange => exchange.AnswerAsync("well"u8.ToArray()));
        foreach (var origin in new[] { sick, well })
            origin.At("/x", exchange => exchange.AnswerAsync("x"u8.ToArray(), "Cache-Control: no-store"));
        var member = "shop/" + sick.Address.Authority;
        await using var proxy = await StartAsync(
            folder, well, $"\"{UrlOf(sick)}\", \"{UrlOf(well)}\"",
            """, "health": { "path": "/health", "interval": "100ms", "expect": 200 }""");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await proxy.WaitForLogAsync($"origin shop: {sick.Address.Authority} gets no requests for now. GET /health was answered with 503");

        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (await client.GetAsync("/x")).Status);
        Assert.Equal((0, 10), (sick.CountRequests("/x"), well.CountRequests("/x")));
        await proxy.WaitUntilAsync(
            statistics => statistics.OfMember("up", member) == 0 && statistics.OfMember("ejections", member) == 1
                && statistics.OfMember("requests", "shop/" + well.Address.Authority) == 10,
            "one member out, and requests to the other");

        Volatile.Write(ref status, "200 OK");
        await proxy.WaitForLogAsync($"origin shop: {sick.Address.Authority} gets requests again");
        for (var i = 0; i < 10; i++)
            Assert.Equal(200, (await client.GetAsync("/x")).Status);
        Assert.Equal((5, 15), (sick.CountRequests("/x"), well.CountRequests("/x")));
    }

    private static string UrlOf(IOriginServer origin) => origin.Address.GetLeftPart(UriPartial.Authority);

    private async Task<ProxyProcess> StartAsync(TemporaryFolder folder, IOriginServer rest, string members, string more = "")
    {
        var origins = $$"""{ "shop": { "members": [{{members}}]{{more}} } }""";
        await File.WriteAllTextAsync(folder["config.json"], $$"""{ "origins": {{origins}}, "routes": [ { "origin": "shop" } ] }""");
        return await shared.StartAsync(rest.Address, Transport.Plaintext, "--config", folder["config.json"]);
    }
}
