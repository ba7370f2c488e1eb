using System.Net.Http.Headers;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

public sealed class AdminTests(SharedProxies shared)
{
    [Fact]
    public async Task The_cache_is_cleared_only_for_who_has_the_token()
    {
        using var folder = new TemporaryFolder();
        var tokenFile = Path.Combine(folder.Location, "token");
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--admin-token-file", tokenFile);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("content"u8.ToArray(), "Cache-Control: max-age=60"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        var clear = new Uri(proxy.AdminAddress, "cache/clear");

        Assert.Equal(401, (int)(await http.PostAsync(clear, null, client.Limit)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        Assert.Equal(401, (int)(await http.PostAsync(clear, null, client.Limit)).StatusCode);
        Assert.Equal(1, (await proxy.ReadStatisticsAsync()).CacheEntries);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(tokenFile)).Trim());
        Assert.Equal(200, (int)(await http.PostAsync(clear, null, client.Limit)).StatusCode);

        Assert.Equal(0, (await proxy.ReadStatisticsAsync()).CacheEntries);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(tokenFile));
        await client.GetAsync(path);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task What_arrives_while_the_cache_is_cleared_is_not_stored()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var cleared = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 7", "Cache-Control: max-age=60");
            await exchange.SendAsync("con"u8.ToArray());
            await cleared.WaitAsync(exchange.End);
            await exchange.SendAsync("tent"u8.ToArray());
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        var head = await client.ReadHeadAsync();

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(proxy.TokenFile)).Trim());
        var answer = await http.PostAsync(new Uri(proxy.AdminAddress, "cache/clear"), null, client.Limit);
        Assert.Equal((200, "tlsproxy; detail=own-answer"), ((int)answer.StatusCode, answer.Headers.GetValues("Cache-Status").Single()));
        cleared.Arrive();

        Assert.Equal("content"u8.ToArray(), await MessageBody.ReadAsync(client.Reader, head, untilClose: false, client.Limit));
        Assert.Equal("content", (await client.GetAsync(path)).Text);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
    }
}
