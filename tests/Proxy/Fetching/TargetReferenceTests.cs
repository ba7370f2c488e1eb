using System.Text;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching;

public sealed class TargetReferenceTests
{
    [Theory]
    [InlineData("", "/a/b?c")]
    [InlineData("#x", "/a/b?c")]
    [InlineData("/d", "/d")]
    [InlineData("/d?e#f", "/d?e")]
    [InlineData("d", "/a/d")]
    [InlineData("./d", "/a/d")]
    [InlineData("../d", "/d")]
    [InlineData("../../d", "/d")]
    [InlineData(".", "/a/")]
    [InlineData("..", "/")]
    [InlineData("?d", "/a/b?d")]
    [InlineData("/d/../e/./f", "/e/f")]
    [InlineData("/d/", "/d/")]
    [InlineData("/", "/")]
    [InlineData("//host/d", "/d")]
    [InlineData("//HOST:80", "/")]
    [InlineData("//host:443", null)]
    [InlineData("http://host:80", "/")]
    [InlineData("http://host:443", null)]
    [InlineData("https://host:80/d", null)]
    [InlineData("http://host/d", "/d")]
    [InlineData("HTTPS://Host:443/d?e", "/d?e")]
    [InlineData("https://host?d", "/?d")]
    [InlineData("d:e/f", null)]
    [InlineData("ftp://host/d", null)]
    [InlineData("http:d", null)]
    [InlineData("https://other/d", null)]
    [InlineData("https://host:8443/d", null)]
    [InlineData("https://user@host/d", null)]
    [InlineData("//other", null)]
    public void RFC_3986_section_5_2_references_are_resolved_on_the_same_host(string reference, string? target)
    {
        var resolved = TargetReference.Resolve(isHttps: false, "host"u8, "/a/b?c"u8, Encoding.ASCII.GetBytes(reference));
        Assert.Equal(target, resolved is null ? null : Encoding.ASCII.GetString(resolved));
    }

    [Fact]
    public void An_asterisk_has_no_relatives() => Assert.Null(TargetReference.Resolve(isHttps: false, "host"u8, "*"u8, "d"u8));
}
