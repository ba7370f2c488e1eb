using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>A client has one network, whatever it sends.</summary>
public sealed class ClientNetworkTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1:1000", "192.0.2.1:2000", true)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "[2001:db8:0:1::2]:443", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", true)]
    [InlineData("198.51.100.1, 192.0.2.1", "198.51.100.1,192.0.2.2 ", false)]
    [InlineData("192.0.2.1", "192.0.2.1 , ", true)]
    [InlineData("unknown", "_hidden", false)]
    [InlineData("", "127.0.0.1", true)]
    public void Addresses_that_a_trusted_proxy_tells_are_of_one_client(string first, string second, bool areOne)
    {
        Assert.Equal(areOne, Of(true, first) == Of(true, second));
        Assert.Equal(Of(false, first), Of(false, second));
    }

    [Fact]
    public void The_last_line_counts() => Assert.Equal("192.0.2.2", Of(true, "192.0.2.1", "192.0.2.2"));

    private static string Of(bool isTrusted, params string[] forwarded) => ClientNetwork.Of(
        Messages.Request("/a", "GET", [.. forwarded.Select(static value => "X-Forwarded-For: " + value)]),
        new ForwardedClient("127.0.0.1", IsTls: false, isTrusted));
}
