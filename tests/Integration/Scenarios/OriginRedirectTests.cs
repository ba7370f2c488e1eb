using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A directory's redirect of a real nginx, which names its own scheme and port.</summary>
public sealed class OriginRedirectTests(SharedProxies shared)
{
    [Theory]
    [InlineData(Transport.Tls13User, "https")]
    [InlineData(Transport.Plaintext, "http")]
    public async Task A_redirect_leads_to_the_proxy(Transport transport, string scheme)
    {
        var proxy = await shared.BeforeNginxAsync(transport);
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        var host = string.Create(CultureInfo.InvariantCulture, $"localhost:{proxy.Port(transport)}");

        await client.SendAsync($"GET /object HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var reply = await client.ReadReplyAsync();

        Assert.Equal((301, $"{scheme}://{host}/object/"), (reply.Status, reply.Head["Location"]));
    }

    [Fact]
    public async Task A_redirect_stays_where_the_option_says_so()
    {
        var nginx = await shared.NginxAsync();
        await using var proxy = await shared.StartAsync(nginx.Address, Transport.Plaintext, "--rewrite-redirects", "off");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await client.SendAsync("GET /object HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var reply = await client.ReadReplyAsync();

        var own = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{nginx.Address.Port}/object/");
        Assert.Equal((301, own), (reply.Status, reply.Head["Location"]));
    }
}
