using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Cache-Control as RFC 9111, section 5.2, writes it, and as others do.</summary>
public sealed class DirectiveTests
{
    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("MaX-aGe=60", 60)]
    [InlineData("max-age=\"60\"", 60)]
    [InlineData("max-age=0060", 60)]
    [InlineData("foobar, max-age=60", 60)]
    [InlineData("foo=\"max-age=1, max-age=2\", max-age=60", 60)]
    [InlineData("foo=\"a\\\"b, max-age=2\", max-age=60", 60)]
    [InlineData(",, ,max-age=60,", 60)]
    [InlineData("max-age=60, max-age=60", 60)]
    [InlineData("max-age=2147483647", int.MaxValue)]
    [InlineData("max-age=2147483648", int.MaxValue)]
    [InlineData("max-age=99999999999999999999999999", int.MaxValue)]
    [InlineData("x-max-age=60", -1)]
    [InlineData("\"max-age=60\"", -1)]
    public void Section_5_2_2_1_max_age_is_read_from_among_other_directives(string value, long seconds) =>
        Assert.Equal(seconds, ResponseDirectives.Read(Messages.Fields("Cache-Control", value)).MaxAge);

    [Theory]
    [InlineData("max-age=60, foo=\"bar, private")]
    [InlineData("max-age=60, no-store\"")]
    [InlineData("max-age=60, \"private\"")]
    [InlineData("max-age=60, x=a\"b, private, y=c\"d")]
    public void A_quote_out_of_place_forbids_to_store(string value) =>
        Assert.True(ResponseDirectives.Read(Messages.Fields("Cache-Control", value)).NoStore);

    [Theory]
    [InlineData("max-age=60, x=\", private, \"")]
    [InlineData("max-age=60, x=\"a\\\"b\"")]
    public void A_quote_in_its_place_forbids_nothing(string value) =>
        Assert.False(ResponseDirectives.Read(Messages.Fields("Cache-Control", value)).NoStore);

    [Fact]
    public void Section_5_2_2_7_private_for_an_asterisk_is_private() =>
        Assert.True(ResponseDirectives.Read(Messages.Fields("Cache-Control", "private=\"*\"")).Private);

    [Theory]
    [InlineData("max-age")]
    [InlineData("max-age=")]
    [InlineData("max-age=\"\"")]
    [InlineData("max-age='60'")]
    [InlineData("max-age=a60")]
    [InlineData("max-age=60a")]
    [InlineData("max-age=60.0")]
    [InlineData("max-age=-60")]
    [InlineData("max-age=+60")]
    [InlineData("max-age =60")]
    [InlineData("max-age= 60")]
    [InlineData("max-age=60, max-age=1")]
    [InlineData("max-age=1, max-age=60")]
    [InlineData("max-age=\"60, private")]
    public void Section_4_2_1_a_malformed_or_contradictory_lifetime_is_none(string value) =>
        Assert.Equal(0, ResponseDirectives.Read(Messages.Fields("Cache-Control", value)).MaxAge);

    [Fact]
    public void Lines_are_read_as_one_list()
    {
        var directives = ResponseDirectives.Read(
            Messages.Fields("Cache-Control", "max-age=60", "s-maxage=5, public", "", "stale-if-error=7"));
        Assert.Equal((60, 5, true, 7), (directives.MaxAge, directives.SharedMaxAge, directives.Public, directives.StaleIfError));
    }

    [Theory]
    [InlineData("no-cache", true, "")]
    [InlineData("No-CaChE", true, "")]
    [InlineData("no-cache=\"\"", true, "")]
    [InlineData("no-cache=\"a\"", false, "a")]
    [InlineData("no-cache=\"a, B\"", false, "a,B")]
    [InlineData("no-cache=a", false, "a")]
    [InlineData("no-cache=\"a\", no-cache", true, "a")]
    [InlineData("no-cache=\"a b\"", true, "")]
    public void Section_5_2_2_4_no_cache_may_name_fields(string value, bool all, string names)
    {
        var directives = ResponseDirectives.Read(Messages.Fields("Cache-Control", value));
        Assert.Equal(all, directives.NoCache);
        Assert.Equal(names, string.Join(',', directives.NoCacheFields.Select(Encoding.ASCII.GetString)));
    }

    [Theory]
    [InlineData("private", true)]
    [InlineData("private=\"set-cookie\"", false)]
    [InlineData("private=\"set-cookie\", private", true)]
    public void Section_5_2_2_7_private_may_name_fields(string value, bool all) =>
        Assert.Equal(all, ResponseDirectives.Read(Messages.Fields("Cache-Control", value)).Private);

    [Theory]
    [InlineData("must-revalidate", true, true)]
    [InlineData("proxy-revalidate", true, false)]
    [InlineData("s-maxage=1", true, true)]
    [InlineData("public", false, true)]
    [InlineData("max-age=1", false, false)]
    public void Sections_3_5_and_5_2_2_which_directives_forbid_stale_and_which_share_what_was_authorized(
        string value, bool revalidates, bool shares)
    {
        var directives = ResponseDirectives.Read(Messages.Fields("Cache-Control", value));
        Assert.Equal((revalidates, shares), (directives.MustRevalidate, directives.SharesAuthorized));
    }

    [Theory]
    [InlineData("max-age=5", 5, -1, -1)]
    [InlineData("max-age=9, max-age=5", 5, -1, -1)]
    [InlineData("max-age=x", -1, -1, -1)]
    [InlineData("min-fresh=5", -1, 5, -1)]
    [InlineData("max-stale", -1, -1, int.MaxValue)]
    [InlineData("max-stale=5", -1, -1, 5)]
    [InlineData("max-stale=x", -1, -1, -1)]
    public void Section_5_2_1_requests_say_what_they_take(string value, long maxAge, long minFresh, long maxStale)
    {
        var directives = RequestDirectives.Read(Messages.Fields("Cache-Control", value));
        Assert.Equal((maxAge, minFresh, maxStale), (directives.MaxAge, directives.MinFresh, directives.MaxStale));
    }

    [Fact]
    public void Section_5_4_Pragma_counts_only_without_Cache_Control()
    {
        Assert.True(RequestDirectives.Read(Messages.Fields("Pragma", "no-cache")).NoCache);
        Assert.False(RequestDirectives.Read(Messages.Fields("Pragma", "extension")).NoCache);
        Assert.False(RequestDirectives.Read(Messages.Response(200, "Pragma: no-cache", "Cache-Control: max-age=9").Fields).NoCache);
    }
}
