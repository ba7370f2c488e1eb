using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Rules;

public sealed class ContentTypesTests
{
    [Theory]
    [InlineData("*.css", "text/css", true)]
    [InlineData("*.css", "Text/CSS; charset=utf-8", true)]
    [InlineData("*.css", "application/octet-stream", true)]
    [InlineData("*.css", "text/html", false)]
    [InlineData("*.css", "application/json", false)]
    [InlineData("*.css", "text/css2", false)]
    [InlineData("/static/*.min.js", "text/javascript", true)]
    [InlineData("*.js", "text/html; charset=utf-8", false)]
    [InlineData("*.JPG", "image/jpeg", true)]
    [InlineData("*.svg", "image/svg+xml", true)]
    [InlineData("*.woff2", "font/woff2", true)]
    [InlineData("*.m3u8", "application/vnd.apple.mpegurl", true)]
    [InlineData("*.m3u8", "text/html", false)]
    [InlineData("*%2Ecs%73", "text/html", false)]
    [InlineData("*.json", "application/ld+json", true)]
    [InlineData("*.php", "text/html", true)]
    [InlineData("*", "text/html", true)]
    [InlineData("*.css/*", "text/html", true)]
    [InlineData("/a.css", "text/html", true)]
    public void A_rule_by_extension_asks_for_a_type_that_fits(string pattern, string type, bool fits)
    {
        var rule = RuleOf(pattern);
        Assert.Equal(fits, rule.Fits(Messages.Fields("Content-Type", type)));
    }

    [Fact]
    public void A_response_without_a_type_or_with_two_fits_no_extension()
    {
        Assert.False(RuleOf("*.css").Fits(Messages.Fields("X", "y")));
        Assert.False(RuleOf("*.css").Fits(Messages.Fields("Content-Type", "text/css", "text/css")));
        Assert.True(RuleOf("/").Fits(Messages.Fields("X", "y")));
    }

    [Theory]
    [InlineData(200, "text/css", 60)]
    [InlineData(200, "text/html", -1)]
    [InlineData(302, "text/html", -1)]
    [InlineData(404, "text/html", 30)]
    public void A_type_that_does_not_fit_gets_no_lifetime_of_the_rule(int status, string type, long lifetime)
    {
        var rule = RuleOf("*.css") with { Lifetime = 60, Default = 50, Negative = 30 };
        var response = Messages.Response(status, "Content-Type: " + type);
        var directives = ResponseDirectives.Read(response.Fields);
        var request = Messages.Request("/account/x.css");
        Assert.Equal(lifetime, new LifetimePolicy().Of(request, response, directives, rule, 0, isOfOne: false, out _));
    }

    private static PathRule RuleOf(string pattern)
    {
        var path = new PathPattern(pattern);
        return new PathRule(path) { Types = ContentTypes.Of(path.Extension) };
    }
}
