using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>CDN-Cache-Control (RFC 9213).</summary>
public sealed class TargetedDirectiveTests
{
    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("foobar, max-age=60", 60)]
    [InlineData("max-age=60;parameter=1", 60)]
    [InlineData("max-age=1, max-age=60", 60)]
    [InlineData("max-age=99999999999", int.MaxValue)]
    [InlineData("max-age=0", 0)]
    [InlineData("none", -1)]
    public void Section_2_2_a_valid_field_goes_before_Cache_Control_and_Expires(string value, long maxAge)
    {
        var directives = Read(value, "no-store, max-age=5");
        Assert.True(directives.IsTargeted);
        Assert.False(directives.NoStore);
        Assert.Equal(maxAge, directives.MaxAge);
    }

    [Theory]
    [InlineData("")]
    [InlineData("max-age=\"60\"")]
    [InlineData("max-age")]
    [InlineData("max-age=-1")]
    [InlineData("max-age=1.5")]
    [InlineData("MaX-aGe=60")]
    [InlineData("max-age =60")]
    [InlineData("max-age=60, &&&&&")]
    [InlineData("max-age=60, no-store=1")]
    [InlineData("max-age=60, no-cache=1")]
    public void Section_2_1_an_empty_or_invalid_field_is_ignored_as_a_whole(string value)
    {
        var directives = Read(value, "max-age=5");
        Assert.False(directives.IsTargeted);
        Assert.Equal(5, directives.MaxAge);
    }

    [Fact]
    public void Section_2_1_directives_have_the_meaning_they_have_in_Cache_Control()
    {
        var directives = Read("private=\"a, b\", no-cache, must-revalidate, no-store=?0, stale-if-error=9", "max-age=5");
        Assert.Equal((false, 2, true, true, false, 9), (directives.Private, directives.PrivateFields.Count, directives.NoCache,
            directives.MustRevalidate, directives.NoStore, directives.StaleIfError));
    }

    [Fact]
    public void Lines_are_joined_before_they_are_read()
    {
        var head = Messages.Response(200, "CDN-Cache-Control: max-age=60", "CDN-Cache-Control: private", "Cache-Control: max-age=5");
        var directives = ResponseDirectives.Read(head.Fields);
        Assert.Equal((60, true), (directives.MaxAge, directives.Private));
    }

    private static ResponseDirectives Read(string targeted, string general) =>
        ResponseDirectives.Read(Messages.Response(200, "Cache-Control: " + general, "CDN-Cache-Control: " + targeted).Fields);
}
