using System.Net;
using System.Text;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.Tests.Certificates;

public sealed class CertificateNamesTests
{
    private readonly CertificateNames _names = new(["Example.org", "*.example.net"], [IPAddress.Parse("192.0.2.7")]);

    [Theory]
    [InlineData("example.org", true)]
    [InlineData("EXAMPLE.ORG", true)]
    [InlineData("example.org.", true)]
    [InlineData("www.example.org", false)]
    [InlineData("www.example.net", true)]
    [InlineData("WWW.Example.Net", true)]
    [InlineData("example.net", false)]
    [InlineData(".example.net", false)]
    [InlineData("a.b.example.net", false)]
    [InlineData("wwwexample.net", false)]
    [InlineData("", false)]
    public void A_wildcard_stands_for_exactly_one_label(string name, bool covered) =>
        Assert.Equal(covered, _names.Cover(Encoding.ASCII.GetBytes(name)));

    [Fact]
    public void Addresses_are_compared_as_addresses()
    {
        Assert.True(_names.Cover(IPAddress.Parse("192.0.2.7")));
        Assert.False(_names.Cover(IPAddress.Parse("192.0.2.8")));
        Assert.False(_names.Cover("192.0.2.7"u8));
    }
}
