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
}
