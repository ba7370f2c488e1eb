using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>100-continue from end to end (RFC 9110, section 10.1.1).</summary>
public sealed class ExpectTests(SharedProxies shared)
{
    [Fact]
    public async Task The_client_is_told_to_send_its_body_once_the_origin_wants_it()
    {
        await using var origin = new InterimOrigin("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        Assert.Contains("\r\nExpect: 100-continue\r\n", await origin.Head, StringComparison.Ordinal);
        origin.GiveFirst();
        Assert.Equal("HTTP/1.1 100 Continue", (await client.ReadHeadAsync()).FirstLine);
        await client.SendAsync("hello");
        Assert.Equal("hello", await origin.ReadBodyAsync(5));
        origin.GiveSecond();

        Assert.Equal("ok", (await client.ReadReplyAsync()).Text);
    }

    [Theory]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", 413)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Basic\r\n\r\n", 401)]
    [InlineData("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", 417)]
    public async Task A_final_answer_before_the_body_reaches_the_client_which_sends_none(string answer, int status)
    {
        await using var origin = new InterimOrigin(answer, string.Empty);
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n");
        await origin.Head;
        origin.GiveFirst();
        var reply = await client.ReadReplyAsync();

        Assert.Equal(status, reply.Status);
        // The body may follow or not, so nothing can follow it.
        Assert.Equal("close", reply.Head["Connection"]);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task An_origin_that_says_nothing_gets_the_body_all_the_same()
    {
        await using var origin = new InterimOrigin(string.Empty, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, (await client.ReadHeadAsync()).Status);
        await client.SendAsync("5\r\nhello\r\n0\r\n\r\n");
        Assert.Contains("hello", await origin.ReadBodyAsync(8), StringComparison.Ordinal);
        origin.GiveSecond();

        Assert.Equal("ok", (await client.ReadReplyAsync()).Text);
    }

    [Theory]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")]
    public async Task Who_speaks_1_0_or_has_no_body_or_does_not_wait_gets_no_interim_answer(string sent)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(exchange.Body, "Cache-Control: no-store"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync(Encoding.ASCII.GetBytes(sent.Replace(" / ", $" {path} ", StringComparison.Ordinal)));
        var reply = await client.ReadReplyAsync();

        Assert.Equal(200, reply.Status);
        Assert.Equal(sent.EndsWith("hello", StringComparison.Ordinal) ? "hello" : "", reply.Text);
    }
}
