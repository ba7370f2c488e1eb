using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A load balancer before the proxy says for whom it comes.</summary>
public sealed class ProxyProtocolTests(SharedProxies shared)
{
    private static readonly byte[] _version1 = Encoding.ASCII.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.2 54321 443\r\n");

    private static readonly byte[] _version2 =
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 16, 192, 0, 2, 1, 198, 51, 100, 2, 0xD4, 0x31, 1, 0xBB, 4, 0, 1, 9];

    private static readonly byte[] _local = [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x20, 0, 0, 0];

    public static IEnumerable<TheoryDataRow<Transport>> Transports() => [.. Matrix.Transports()
        .Where(row => row.Data is Transport.Plaintext or Transport.Tls12User or Transport.Tls13User or Transport.Tls13KernelBoth)];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_address_of_the_header_is_told_to_the_origin_and_logged(Transport transport)
    {
        using var folder = new TemporaryFolder();
        var path = shared.Scripted.Add(EchoAsync);
        await using (var proxy = await StartAsync(transport, "--access-log", folder["access"]))
        {
            var port = await PortAsync(proxy, transport);
            foreach (var (header, address) in new[] { (_version1, "192.0.2.1"), (_version2, "192.0.2.1"), (_local, "127.0.0.1") })
            {
                await using var together = await ClientConnection.OpenBehindAsync(proxy, transport, port, header);
                Assert.Equal(address, (await together.GetAsync(path)).Text);
                Assert.Equal(address, (await together.GetAsync(path, Persistence.Close)).Text);
                await using var apart = await ClientConnection.OpenBehindAsync(proxy, transport, port, header[^1..], header[..^1]);
                Assert.Equal(address, (await apart.GetAsync(path, Persistence.Close)).Text);
            }
        }

        var addresses = (await File.ReadAllLinesAsync(folder["access"])).Select(line => line.Split(' ')[1]);
        Assert.Equal(
            [.. Enumerable.Repeat("192.0.2.1", 6), .. Enumerable.Repeat("127.0.0.1", 3)],
            addresses.OrderByDescending(a => a, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task Who_sends_something_else_is_cut_off_and_counted(Transport transport)
    {
        await using var proxy = await StartAsync(transport);
        var port = await PortAsync(proxy, transport);
        foreach (var bytes in new[] { "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), [22, 3, 1, 2, 0, 1], [.. _version2[..13], 0x77, 0, 0] })
        {
            await using var client = await ClientConnection.OpenRawAsync(port);
            await client.SendAsync(bytes);
            Assert.True(await client.IsClosedByProxyAsync());
        }

        Assert.Equal(3, (await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection")).ProxyHeadersRefused);
    }

    [Fact]
    public async Task A_header_must_come_in_time()
    {
        await using var proxy = await StartAsync(Transport.Plaintext, "--handshake-timeout", "200ms");
        await using var client = await ClientConnection.OpenRawAsync(await PortAsync(proxy, Transport.Plaintext));

        await client.SendAsync(_version2.AsMemory(0, 20));

        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task What_a_trusted_proxy_says_is_believed_and_its_address_added()
    {
        var path = shared.Scripted.Add(EchoAsync);
        const string Fields = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
        await using var proxy = await StartAsync(Transport.Plaintext, "--trusted-proxies", "192.0.2.0/24");

        await using var trusted = await ClientConnection.OpenBehindAsync(
            proxy, Transport.Plaintext, await PortAsync(proxy, Transport.Plaintext), _version2);
        Assert.Equal("203.0.113.9, 192.0.2.1 https", (await trusted.GetAsync(path + "?proto", fields: Fields)).Text);
        await using var other = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal("127.0.0.1 http", (await other.GetAsync(path + "?proto", fields: Fields)).Text);
    }

    [Fact]
    public async Task What_is_not_believed_selects_no_response_that_a_trusted_proxy_gets()
    {
        var path = shared.Scripted.Add(e => e.AnswerAsync(
            Encoding.ASCII.GetBytes(e.Head["X-Forwarded-Host"]!), "Cache-Control: max-age=60", "Vary: X-Forwarded-Host"));
        const string Fields = "X-Forwarded-Host: shop.test\r\n";
        await using var proxy = await StartAsync(Transport.Plaintext, "--trusted-proxies", "192.0.2.0/24");

        await using var stranger = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.NotEqual("shop.test", (await stranger.GetAsync(path, fields: Fields)).Text);
        await using var trusted = await ClientConnection.OpenBehindAsync(
            proxy, Transport.Plaintext, await PortAsync(proxy, Transport.Plaintext), _version2);
        Assert.Equal("shop.test", (await trusted.GetAsync(path, fields: Fields)).Text);
    }

    private static Task EchoAsync(OriginExchange exchange)
    {
        var proto = exchange.Head.Target.EndsWith("?proto", StringComparison.Ordinal) ? " " + exchange.Head["X-Forwarded-Proto"] : "";
        return exchange.AnswerAsync(Encoding.ASCII.GetBytes(exchange.Head["X-Forwarded-For"] + proto), "Cache-Control: private");
    }

    private static Task<int> PortAsync(ProxyProcess proxy, Transport transport) =>
        proxy.PortOfAsync(transport.IsTls() ? "listening on https+proxy" : "listening on http+proxy");

    private Task<ProxyProcess> StartAsync(Transport transport, params string[] options) => shared.StartAsync(
        shared.Scripted.Address, transport, ["--listen", "https+proxy://127.0.0.1:0", "--listen", "http+proxy://127.0.0.1:0", .. options]);
}
