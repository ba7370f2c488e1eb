using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

public sealed class OriginOptionsTests
{
    [Theory]
    [InlineData("origin.example", "origin.example:8080")]
    [InlineData("127.0.0.1", "127.0.0.1:8080")]
    [InlineData("::1", "[::1]:8080")]
    public void An_IPv6_address_has_brackets_in_a_URL(string host, string authority) =>
        Assert.Equal(authority, new OriginOptions { Host = host, Port = 8080 }.Authority);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(16, 15, 1)]
    [InlineData(4096, 3840, 256)]
    public void A_sixteenth_of_the_connections_is_reserved_for_retries(int connections, int kept, int fresh)
    {
        var options = new OriginOptions { Host = "a", Port = 1, ConnectionsMax = connections };

        Assert.Equal(kept, options.KeptConnectionsMax);
        Assert.Equal(fresh, options.FreshConnectionsMax);
    }
}
