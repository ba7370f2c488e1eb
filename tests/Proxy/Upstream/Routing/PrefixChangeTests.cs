using System.Text;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Upstream.Routing;

public sealed class PrefixChangeTests
{
    [Theory]
    [InlineData("", "", "/api/x?y=1", "/api/x?y=1")]
    [InlineData("/api", "", "/api/x?y=1", "/x?y=1")]
    [InlineData("/api", "", "/api?y=1", "/?y=1")]
    [InlineData("/api", "", "/api", "/")]
    [InlineData("/api", "", "/api//x", "//x")]
    [InlineData("/api", "/v2", "/api/x%20y", "/v2/x%20y")]
    [InlineData("/api", "/v2", "/api", "/v2/")]
    [InlineData("", "/v2", "/x", "/v2/x")]
    [InlineData("/api", "/v2", "/apis/x", "/v2/apis/x")]
    [InlineData("/api", "/v2", "*", "*")]
    public void A_prefix_is_taken_off_and_another_put_on(string stripped, string added, string target, string sent) =>
        Assert.Equal(sent, Applied(stripped, added, target));

    [Theory]
    [InlineData("/api/../x")]
    [InlineData("/api/%2e%2e/x")]
    [InlineData("/api/a/..%2f../x")]
    [InlineData("/api/..%5cx")]
    public void A_path_that_leads_out_of_its_prefix_is_not_sent(string target)
    {
        Assert.Equal(string.Empty, Applied("/api", string.Empty, target));
        Assert.Equal(string.Empty, Applied("/api", "/v2", target));
    }

    [Theory]
    [InlineData("/%61pi/x")]
    [InlineData("//api/x")]
    [InlineData("/b/../api/x")]
    public void A_path_whose_prefix_is_written_otherwise_is_not_sent(string target) =>
        Assert.Equal(string.Empty, Applied("/api", "/v2", target));

    [Theory]
    [InlineData("/api", "", "/x?y", "/api/x?y")]
    [InlineData("/api", "", "", "/api")]
    [InlineData("/api", "/v2", "/v2/x", "/api/x")]
    [InlineData("/api", "/v2", "/v2", "/api")]
    [InlineData("/api", "/v2", "/v2?a", "/api?a")]
    [InlineData("/api", "/v2", "/v2#a", "/api#a")]
    [InlineData("", "/v2", "/v2/x", "/x")]
    [InlineData("", "/v2", "/v2", "/")]
    [InlineData("", "/v2", "/v2?a", "/?a")]
    [InlineData("/api", "/v2", "/v20/x", null)]
    [InlineData("/api", "/v2", "/x", null)]
    [InlineData("", "", "/x", null)]
    public void A_path_of_the_origin_becomes_that_of_its_clients(string stripped, string added, string path, string? restored)
    {
        var change = new PrefixChange(Encoding.ASCII.GetBytes(stripped), Encoding.ASCII.GetBytes(added));
        var found = change.TryRestore(Encoding.ASCII.GetBytes(path));
        Assert.Equal(restored, found is null ? null : Encoding.ASCII.GetString(found));
    }

    private static string Applied(string stripped, string added, string target) => Encoding.ASCII.GetString(
        new PrefixChange(Encoding.ASCII.GetBytes(stripped), Encoding.ASCII.GetBytes(added)).Apply(Encoding.ASCII.GetBytes(target)).Span);
}
