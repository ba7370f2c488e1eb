using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Rules;

public sealed class CookiePatternsTests
{
    [Theory]
    [InlineData("a=1", false)]
    [InlineData("login_x=1", true)]
    [InlineData("a=1; login_x=1", true)]
    [InlineData("a=1;login_x=1", true)]
    [InlineData("a=1,login_x=1", true)]
    [InlineData("a=1; LOGIN_x=1", true)]
    [InlineData("login_x", true)]
    [InlineData(" login_x =1", true)]
    [InlineData("login%5fx=1", true)]
    [InlineData("%6cogin_x=1", true)]
    [InlineData("login.x=1", true)]
    [InlineData("login+x=1", true)]
    [InlineData("login[x=1", true)]
    [InlineData("my_login_x=1", false)]
    [InlineData("a=login_x", false)]
    [InlineData("a=\"; login_x=1; \"", true)]
    [InlineData("100%=1", false)]
    [InlineData("", false)]
    public void A_cookie_is_found_however_it_is_spelt(string cookie, bool found)
    {
        var request = Messages.Request("/", "GET", "Cookie: " + cookie);
        Assert.Equal(found, new CookiePatterns(["login_*"]).AreAnyIn(request.Fields));
        request = Messages.Request("/", "GET", "Cookie: z=1", "Cookie: " + cookie);
        Assert.Equal(found, new CookiePatterns(["other", "login_*"]).AreAnyIn(request.Fields));
    }

    [Theory]
    [InlineData("log_in[a]=1", true)]
    [InlineData("log_in[]", true)]
    [InlineData("log.in%5Ba%5D[b]=1", true)]
    [InlineData("log+in[a=1", true)]
    [InlineData("log_in_a=1", false)]
    [InlineData("a[log_in]=1", false)]
    public void A_member_of_an_array_is_the_cookie_that_PHP_makes_of_it(string cookie, bool found) =>
        Assert.Equal(found, new CookiePatterns(["log_in"]).AreAnyIn(Messages.Request("/", "GET", "Cookie: " + cookie).Fields));

    [Fact]
    public void A_very_long_name_in_disguise_counts_as_found()
    {
        Assert.True(new CookiePatterns(["x"]).AreAnyIn(Messages.Request("/", "GET", $"Cookie: %{new string('a', 300)}=1").Fields));
        Assert.False(new CookiePatterns(["x"]).AreAnyIn(Messages.Request("/", "GET", $"Cookie: {new string('a', 300)}=1").Fields));
    }

    [Theory]
    [InlineData("_ga=1", null)]
    [InlineData("_ga=1; _gid=2;", null)]
    [InlineData("_ga=1; sid=2", "sid=2")]
    [InlineData("sid=2; _ga=1", "sid=2")]
    [InlineData("sid=2;_ga=1;b=3", "sid=2;b=3")]
    [InlineData("_ga=1;  sid=2; _gid=3; b=4", "sid=2; b=4")]
    [InlineData("sid=2; b=3", "sid=2; b=3")]
    [InlineData("_GA=1", "_GA=1")]
    [InlineData("_ga=\"a; sid=1\"", "sid=1\"")]
    [InlineData("_ga=1,sid=2", null)]
    [InlineData("a_ga=1", "a_ga=1")]
    [InlineData("_ga=1; =x; ; b", "=x; b")]
    public void Ignored_cookies_are_taken_out_of_a_request(string cookie, string? left)
    {
        var request = Messages.Request("/", "GET", "A: 1", "Cookie: " + cookie, "B: 2");
        new CookiePatterns(["_ga", "_gid"]).RemoveFrom(request.Fields);
        var index = request.Fields.Find(KnownField.Cookie);
        Assert.Equal(left, index < 0 ? null : Encoding.Latin1.GetString(request.Fields.Value(index)));
        Assert.Equal("1"u8, request.Fields.Value(request.Fields.Find("A"u8)));
        Assert.Equal("2"u8, request.Fields.Value(request.Fields.Find("B"u8)));
    }
}
