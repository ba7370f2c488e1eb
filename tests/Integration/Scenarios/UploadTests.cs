using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Bodies of requests that come slowly.</summary>
public sealed class UploadTests(SharedProxies shared)
{
    [Theory]
    [InlineData("Content-Length: 100000", "x")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nx\r\n")]
    public async Task A_body_that_trickles_in_is_cut_though_a_byte_comes_all_the_time(string framing, string piece)
    {
        await using var origin = new InterimOrigin(string.Empty, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var proxy = await shared.StartAsync(
            origin.Address, Transport.Plaintext, "--body-timeout", "400ms", "--body-rate-min", "1MiB");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
        var head = client.ReadHeadAsync();
        while (!head.IsCompleted)
        {
            await client.SendAsync(piece);
            await Task.WhenAny(head, Task.Delay(20, client.Limit));
        }

        Assert.StartsWith("HTTP/1.1 408", (await head).FirstLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_waits_for_the_origin_to_read_is_not_cut()
    {
        var content = new string('x', 64_000_000);
        await using var origin = new InterimOrigin(string.Empty, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext, "--body-timeout", "200ms");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var sent = client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {content.Length}\r\n\r\n{content}");
        await origin.Head;
        // Longer than the proxy waits for a client's byte: the buffers on the way are full.
        await Task.Delay(700, client.Limit);
        Assert.False(sent.IsCompleted);
        await origin.ReadBodyAsync(content.Length);
        await sent;
        origin.GiveSecond();

        Assert.Equal(200, (await client.ReadReplyAsync()).Status);
    }
}
