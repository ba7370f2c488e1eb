using System.Net;
using TlsProxy.Proxy.Upstream.Ring.Connecting;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

public sealed class AddressOrderTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1 2 3", "1 2 3")]
    [InlineData("a 1 2", "a 1 2")]
    [InlineData("a b c 1 2", "a 1 b 2 c")]
    [InlineData("1 2 3 a", "1 a 2 3")]
    [InlineData("1 a b c", "1 a b c")]
    [InlineData("a b 1 2 3", "a 1 b 2 3")]
    public void Families_alternate_beginning_with_that_of_the_first(string given, string tried)
    {
        var ordered = AddressOrder.Interleaved([.. given.Split(' ').Select(Parse)]);

        Assert.Equal(tried.Split(' ').Select(Parse), ordered);
    }

    /// <summary>Digits name addresses of IPv4, letters those of IPv6.</summary>
    private static EndPoint Parse(string name) =>
        new IPEndPoint(IPAddress.Parse(char.IsDigit(name[0]) ? $"127.0.0.{name}" : $"::{name}"), 80);
}
