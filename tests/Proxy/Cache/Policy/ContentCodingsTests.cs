using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Policy;

/// <summary>Content codings (RFC 9110, section 8.4).</summary>
public sealed class ContentCodingsTests
{
    [Theory]
    [InlineData("gzip", "gzip", true)]
    [InlineData("gzip", "GZip", true)]
    [InlineData("gzip", "x-gzip", true)]
    [InlineData("gzip", "br", false)]
    [InlineData("gzip", "", false)]
    [InlineData("identity", "", true)]
    [InlineData("gzip, br", "gzip|br", true)]
    [InlineData("gzip, br", "br, gzip", false)]
    [InlineData("gzip, br", "gzip", false)]
    [InlineData("gzip", "identity, gzip", true)]
    public void Two_contents_are_coded_alike_with_the_same_codings_in_order(string one, string other, bool equal)
    {
        Assert.Equal(equal, ContentCodings.AreEqual(Fields(one), Fields(other)));
        Assert.Equal(equal, ContentCodings.AreEqual(Fields(other), Fields(one)));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("identity", false)]
    [InlineData("", false)]
    [InlineData("identity|br", true)]
    public void Content_is_coded_by_anything_but_identity(string codings, bool isCoded) =>
        Assert.Equal(isCoded, ContentCodings.IsCoded(Fields(codings)));

    private static FieldTable Fields(string codings) => Messages.Fields("Content-Encoding", codings.Split('|'));
}
