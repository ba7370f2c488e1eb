using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Clients in clear are sent to TLS, and told to stay there.</summary>
public sealed class RedirectTests(SharedProxies shared)
{
    [Theory]
    [InlineData(null)]
    [InlineData("443")]
    [InlineData("4443")]
    public async Task Every_request_is_sent_to_https(string? port)
    {
        string[] options = ["--redirect", "http://127.0.0.1:0", .. port is null ? Array.Empty<string>() : ["--redirect-port", port]];
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, options);
        var publicPort = port ?? proxy.Port(Transport.Tls13User).ToString(CultureInfo.InvariantCulture);
        var authority = publicPort == "443" ? "localhost" : $"localhost:{publicPort}";
        await using var client = await ClientConnection.OpenRawAsync(await proxy.PortOfAsync("redirecting http"));

        var get = await client.GetAsync("/a?b=c");
        Assert.Equal((301, $"https://{authority}/a?b=c"), (get.Status, get.Head["Location"]));
        await client.RequestAsync("/a", method: "HEAD");
        var head = await client.ReadReplyAsync(toHead: true);
        Assert.Equal((301, $"https://{authority}/a"), (head.Status, head.Head["Location"]));
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
        await client.RequestAsync("/a", method: "POST", fields: "Content-Length: 3\r\n");
        var post = await client.ReadReplyAsync();
        Assert.Equal((308, $"https://{authority}/a", "close"), (post.Status, post.Head["Location"], post.Head["Connection"]));
        Assert.Null(get.Head["Strict-Transport-Security"]);
        Assert.Equal("tlsproxy; detail=redirected", get.Head["Cache-Status"]);
    }

    [Fact]
    public async Task A_request_without_a_valid_host_is_refused()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--redirect", "http://127.0.0.1:0");
        var port = await proxy.PortOfAsync("redirecting http");
        string[] heads =
        [
            "HTTP/1.1\r\nHost: a b", "HTTP/1.1\r\nHost: user@evil.example", "HTTP/1.1\r\nHost: a/b", "HTTP/1.1\r\nHost:", "HTTP/1.1",
            "HTTP/1.0",
        ];
        foreach (var head in heads)
        {
            await using var client = await ClientConnection.OpenRawAsync(port);
            await client.SendAsync($"GET / {head}\r\n\r\n");
            var reply = await client.ReadReplyAsync();
            Assert.True(reply.Status == 400 && reply.Head["Location"] is null, $"{head}: {reply.Status}");
        }
    }

    [Fact]
    public async Task Answers_over_TLS_alone_tell_to_stay_there_and_the_origins_own_word_gives_way()
    {
        const string Value = "max-age=63072000; includeSubDomains; preload";
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            new byte[10], "Cache-Control: max-age=60", "Strict-Transport-Security: max-age=1"));
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Tls13User, "--hsts", "63072000,includeSubDomains,preload");

        foreach (var transport in new[] { Transport.Tls13User, Transport.Plaintext })
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            for (var i = 0; i < 2; i++)
                Assert.Equal(transport.IsTls() ? Value : null, (await client.GetAsync(path)).Head["Strict-Transport-Security"]);
            Assert.Equal(transport.IsTls() ? Value : null, (await client.GetAsync("/health")).Head["Strict-Transport-Security"]);
            await client.SendAsync("nonsense\r\n\r\n");
            var refused = await client.ReadReplyAsync();
            Assert.Equal((400, transport.IsTls() ? Value : null), (refused.Status, refused.Head["Strict-Transport-Security"]));
        }
    }

    [Fact]
    public async Task A_client_that_speaks_plain_HTTP_to_a_port_for_TLS_is_not_told_to_stay_there()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--hsts", "63072000");
        await using var client = await ClientConnection.OpenRawAsync(proxy.Port(Transport.Tls13User));

        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

        // RFC 6797, section 7.2.
        var refused = await client.ReadReplyAsync();
        Assert.Equal((400, null), (refused.Status, refused.Head["Strict-Transport-Security"]));
    }
}
