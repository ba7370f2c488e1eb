using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
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
    public async Task The_managed_heap_is_collected_on_request_with_the_token()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        using var stranger = new HttpClient(new SocketsHttpHandler { UseProxy = false }, disposeHandler: true);
        var collect = new Uri(proxy.AdminAddress, "memory/collect");
        Assert.Equal(401, (int)(await stranger.PostAsync(collect, null, TestContext.Current.CancellationToken)).StatusCode);
        var before = await proxy.ReadStatisticsAsync();

        var (status, answer) = await proxy.PostAsync("memory/collect");

        Assert.Equal(200, status);
        Assert.StartsWith("{\"heapBytes\": ", answer, StringComparison.Ordinal);
        Assert.True((await proxy.ReadStatisticsAsync()).Collections > before.Collections);
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
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(proxy.TokenFile)).Trim());
        var answer = await http.PostAsync(new Uri(proxy.AdminAddress, "cache/clear"), null, client.Limit);
        Assert.Equal((200, "tlsproxy; detail=own-answer"), ((int)answer.StatusCode, answer.Headers.GetValues("Cache-Status").Single()));
        cleared.Arrive();

        Assert.Equal("content"u8.ToArray(), await MessageBody.ReadAsync(client.Reader, head, untilClose: false, client.Limit));
        Assert.Equal("content", (await client.GetAsync(path)).Text);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Content-Length: 0\r\n", "")]
    [InlineData("Content-Length: 4\r\n", "body")]
    [InlineData("Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 4\r\nExpect: 100-continue\r\n", "")]
    public async Task A_POST_is_answered_with_or_without_a_body(string fields, string body)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var token = (await File.ReadAllTextAsync(proxy.TokenFile)).Trim();
        await using var client = await OpenAsync(proxy);
        await client.SendAsync(
            $"POST /certificates/reload HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer  {token}\r\n{fields}\r\n{body}");
        var reply = await client.ReadReplyAsync();
        Assert.Equal(200, reply.Status);
        Assert.Equal("application/json", reply.Head["Content-Type"]);
    }

    [Fact]
    public async Task Curl_needs_no_body_to_post()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var token = (await File.ReadAllTextAsync(proxy.TokenFile)).Trim();
        var result = await Command.RunAsync("curl",
            [
                "-sS", "--noproxy", "*", "-X", "POST", "-H", $"Authorization: Bearer {token}",
                new Uri(proxy.AdminAddress, "certificates/reload").ToString(),
            ]);
        Assert.Equal((0, string.Empty), (result.ExitStatus, result.Error));
        Assert.StartsWith("{", Encoding.UTF8.GetString(result.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, null, null)]
    [InlineData("GET /stats?pretty HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, null, null)]
    [InlineData("PUT /stats HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "Allow", "GET, HEAD")]
    [InlineData("GET /cache/clear HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "Allow", "POST")]
    [InlineData("POST /cache/clear HTTP/1.1\r\nHost: localhost\r\n\r\n", 401, "WWW-Authenticate", "Bearer")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "Allow", "GET, HEAD, POST")]
    [InlineData("GET /object/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, null, null)]
    [InlineData("GET /../stats HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "Connection", "close")]
    [InlineData("GET /stats HTTP/1.1\r\n\r\n", 400, "Connection", "close")]
    public async Task Requests_are_read_as_strictly_as_those_of_clients(string request, int status, string? field, string? value)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await OpenAsync(proxy);
        await client.SendAsync(request);
        var reply = await client.ReadReplyAsync();
        Assert.Equal(status, reply.Status);
        Assert.Equal("no-store", reply.Head["Cache-Control"]);
        if (field is not null)
            Assert.Equal(value, reply.Head[field]);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.0.0.1:9090", 200)]
    [InlineData("[::1]:9090", 200)]
    [InlineData("10.1.2.3", 200)]
    [InlineData("LocalHost:9090", 200)]
    [InlineData("stats.example:9090", 200)]
    [InlineData("attacker.example", 421)]
    [InlineData("localhost.attacker.example", 421)]
    [InlineData("127.0.0.1.attacker.example", 421)]
    public async Task Only_addresses_localhost_and_allowed_names_are_answered(string host, int status)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--admin-hosts", "stats.example");
        await using var client = await OpenAsync(proxy);
        await client.SendAsync($"GET /stats HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var reply = await client.ReadReplyAsync();
        Assert.Equal(status, reply.Status);
        if (status == 421)
            Assert.Contains("--admin-hosts", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_refused()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await OpenAsync(proxy);
        await client.SendAsync($"GET /stats HTTP/1.1\r\nHost: localhost\r\nX: {new string('x', 40_000)}\r\n\r\n");
        Assert.Equal(431, (await client.ReadReplyAsync()).Status);
    }

    [Fact]
    public async Task An_address_that_is_taken_ends_the_start_with_a_sentence()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        using var folder = new TemporaryFolder();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}");
        var result = await Command.RunAsync(ProxyProcess.Program,
        [
            "serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1",
            "--admin", address, "--admin-token-file", folder["token"],
        ]);
        Assert.Equal(1, result.ExitStatus);
        Assert.Contains($"tlsproxy: --admin {address}: process {Environment.ProcessId} (", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_proxies_never_share_the_address()
    {
        var first = await shared.BeforeScriptedAsync(Transport.Plaintext);
        using var folder = new TemporaryFolder();
        var result = await Command.RunAsync(ProxyProcess.Program,
        [
            "serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1", "--admin", first.AdminAddress.ToString(),
            "--admin-token-file", folder["token"],
        ]);
        Assert.Equal(1, result.ExitStatus);
        Assert.Contains("listens there", result.Error, StringComparison.Ordinal);
    }

    private static Task<ClientConnection> OpenAsync(ProxyProcess proxy) => ClientConnection.OpenRawAsync(proxy.AdminAddress.Port);
}
