using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Policy;

/// <summary>Lifetime and age (RFC 9111, section 4.2).</summary>
public sealed class LifetimeTests
{
    private const long Now = 1_800_000_000;

    private const long NowMilliseconds = 1000 * Now;

    private static readonly LifetimePolicy Guessing = new() { Default = 60_000, HeuristicMaximum = 3_600_000, Negative = 5000 };

    [Theory]
    [InlineData(1000, "Cache-Control: s-maxage=7, max-age=1000")]
    [InlineData(1000, "Cache-Control: max-age=1000, s-maxage=7")]
    [InlineData(1000, "Cache-Control: max-age=1000", "Cache-Control: s-maxage=7")]
    public void Section_4_2_1_s_maxage_goes_before_max_age(long _, params string[] fields) => Assert.Equal(7, Of(fields));

    [Fact]
    public void Section_4_2_1_max_age_goes_before_Expires()
    {
        Assert.Equal(7, Of("Cache-Control: max-age=7", "Expires: " + Messages.Date(Now - 1000), "Date: " + Messages.Date(Now)));
        Assert.Equal(7, Of("Cache-Control: max-age=7", "Expires: 0"));
        Assert.Equal(0, Of("Cache-Control: max-age=0", "Expires: " + Messages.Date(Now + 1000)));
    }

    [Theory]
    [InlineData(60, 0, 60)]
    [InlineData(0, 0, 0)]
    [InlineData(-60, 0, 0)]
    [InlineData(300, 400, 0)]
    [InlineData(400, 300, 100)]
    [InlineData(0, -100, 100)]
    public void Section_4_2_1_Expires_counts_from_Date(long expires, long date, long lifetime) =>
        Assert.Equal(lifetime, Of("Expires: " + Messages.Date(Now + expires), "Date: " + Messages.Date(Now + date)));

    [Theory]
    [InlineData("foo")]
    [InlineData("")]
    public void Without_a_valid_Date_it_counts_from_the_arrival(string date) =>
        Assert.Equal(10, Of("Expires: " + Messages.Date(Now + 10), "Date: " + date));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("never")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 UTC")]
    [InlineData("Thu, 18 Aug 2050 02:01:18 AEST")]
    [InlineData("Thu, 18 Aug 50 02:01:18 GMT")]
    [InlineData("Thu 18 Aug 2050 02:01:18 GMT")]
    [InlineData("Thu, 18  Aug  2050 02:01:18 GMT")]
    [InlineData("Thu, 18-Aug-2050 02:01:18 GMT")]
    [InlineData("Thu, 18 Aug 2050 02.01.18 GMT")]
    [InlineData("Thu, 18 Aug 2050 2:01:18 GMT")]
    public void Section_5_3_an_Expires_that_is_no_date_has_passed(string expires) => Assert.Equal(0, Of("Expires: " + expires));

    [Fact]
    public void Section_4_2_1_Expires_lines_that_differ_have_passed_and_equal_ones_count_once()
    {
        var expires = "Expires: " + Messages.Date(Now + 60);
        Assert.Equal(0, Of(expires, "Expires: " + Messages.Date(Now + 61)));
        Assert.Equal(60, Of(expires, expires));
    }

    [Theory]
    [InlineData(200, 360)]
    [InlineData(203, 360)]
    [InlineData(204, 360)]
    [InlineData(300, 360)]
    [InlineData(301, 360)]
    [InlineData(308, 360)]
    [InlineData(201, -1)]
    [InlineData(202, -1)]
    [InlineData(302, -1)]
    [InlineData(307, -1)]
    [InlineData(403, -1)]
    [InlineData(599, -1)]
    public void Section_4_2_2_a_tenth_of_the_time_since_the_last_change_is_assumed_for_some_statuses(int status, long lifetime) =>
        Assert.Equal(lifetime, Guess(Messages.Request("/x"), Messages.Response(status, "Last-Modified: " + Messages.Date(Now - 3600))));

    [Fact]
    public void Section_4_2_2_so_it_is_for_errors_where_negative_caching_is_off()
    {
        foreach (var status in new[] { 404, 405, 410, 414, 501 })
            Assert.Equal(360, Guess(
                Messages.Request("/x"),
                Messages.Response(status, "Last-Modified: " + Messages.Date(Now - 3600)),
                Guessing with { Negative = 0 }));
        foreach (var status in new[] { 500, 502, 503, 504 })
            Assert.Equal(-1, Guess(
                Messages.Request("/x"),
                Messages.Response(status, "Last-Modified: " + Messages.Date(Now - 3600)),
                Guessing with { Negative = 0 }));
    }

    [Theory]
    [InlineData(-1, "X-None: 1")]
    [InlineData(-1, "Last-Modified: yesterday")]
    [InlineData(3600, "Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT")]
    [InlineData(0, "Last-Modified: Thu, 01 Jan 2099 00:00:00 GMT")]
    [InlineData(-1, "Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT", "Pragma: no-cache")]
    [InlineData(-1, "Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT", "Set-Cookie: a=b")]
    public void The_guess_has_an_upper_limit_and_needs_a_date(long lifetime, params string[] fields) =>
        Assert.Equal(lifetime, Guess(Messages.Request("/x"), Messages.Response(200, fields)));

    [Fact]
    public void Section_5_2_2_9_public_lets_it_be_assumed_for_any_status() =>
        Assert.Equal(360, Guess(
            Messages.Request("/x"), Messages.Response(599, "Cache-Control: public", "Last-Modified: " + Messages.Date(Now - 3600))));

    [Theory]
    [InlineData(60, "/object/a", 200, "GET")]
    [InlineData(-1, "/other/a", 200, "GET")]
    [InlineData(-1, "/object/a", 203, "GET")]
    [InlineData(-1, "/object/a", 200, "POST")]
    [InlineData(-1, "/object/a", 200, "GET", "Cookie: a=b")]
    [InlineData(-1, "/object/a", 200, "GET", "Authorization: Basic x")]
    public void The_default_holds_for_GET_200_below_object_without_cookies_and_credentials(
        long lifetime, string target, int status, string method, params string[] request) =>
        Assert.Equal(lifetime, Guess(Messages.Request(target, method, request), Messages.Response(status)));

    [Theory]
    [InlineData("X-Api-Key: a")]
    [InlineData("x-api-key: a")]
    [InlineData("X_Api_Key: a")]
    [InlineData("X-Auth-Token: a")]
    [InlineData("Private-Token: a")]
    [InlineData("X-Remote-User: a")]
    public void Nothing_is_assumed_for_requests_with_credentials_of_any_kind(string field)
    {
        var request = Messages.Request("/object/a", "GET", field);
        var old = "Last-Modified: " + Messages.Date(Now - 3600);
        Assert.Equal(-1, Guess(request, Messages.Response(200)));
        Assert.Equal(-1, Guess(request, Messages.Response(200, old)));
        Assert.Equal(-1, Guess(request, Messages.Response(404)));
        Assert.Equal(9, Guess(request, Messages.Response(200, "Cache-Control: max-age=9")));
        Assert.Equal(60, Guess(request, Messages.Response(200), Guessing with { Credentials = new FieldNames(["X-Mine"]) }));
    }

    [Fact]
    public void Nothing_is_assumed_for_clients_with_a_certificate()
    {
        var request = Messages.Request("/object/a");
        new ClientCertificateFields("X-Subject").Apply(request, null);
        Assert.Equal(60, Guess(request, Messages.Response(200)));
        new ClientCertificateFields("X-Subject").Apply(request, new ClientIdentity("CN=a", default));
        Assert.Equal(-1, Guess(request, Messages.Response(200)));
        Assert.Equal(-1, Guess(request.Detach(), Messages.Response(200)));
    }

    [Fact]
    public void A_rule_gives_no_lifetime_to_what_sets_a_cookie_unless_it_says_so()
    {
        var rule = new PathRule(new PathPattern("/x")) { Lifetime = 3000 };
        Assert.Equal(-1, Of(rule, 200, "Set-Cookie: a=b"));
        Assert.Equal(9, Of(rule, 200, "Set-Cookie: a=b", "Cache-Control: max-age=9"));
        Assert.Equal(3, Of(rule with { SetCookies = SetCookieMode.Strip }, 200, "Set-Cookie: a=b"));
        Assert.Equal(3, Of(rule with { SetCookies = SetCookieMode.Store }, 200, "Set-Cookie: a=b", "Cache-Control: max-age=9"));
    }

    [Fact]
    public void The_default_never_holds_for_a_response_that_sets_a_cookie() =>
        Assert.Equal(-1, Guess(Messages.Request("/object/a"), Messages.Response(200, "Set-Cookie: a=b")));

    [Fact]
    public void Negative_caching_holds_for_errors_whose_origin_says_nothing()
    {
        foreach (var status in new[] { 404, 405, 410, 414, 500, 501, 502, 503, 504 })
            Assert.Equal(5, Guess(Messages.Request("/x"), Messages.Response(status)));
        foreach (var status in new[] { 400, 401, 403, 429 })
            Assert.Equal(-1, Guess(Messages.Request("/x"), Messages.Response(status)));
        Assert.Equal(9, Guess(Messages.Request("/x"), Messages.Response(404, "Cache-Control: max-age=9")));
        Assert.Equal(-1, Guess(Messages.Request("/x"), Messages.Response(404), new LifetimePolicy()));
    }

    [Fact]
    public void A_rule_goes_before_the_origin_and_before_what_holds_for_all()
    {
        var rule = new PathRule(new PathPattern("/x")) { Lifetime = 3000, Negative = 4000 };
        Assert.Equal(3, Of(rule, 200, "Cache-Control: max-age=9"));
        Assert.Equal(3, Of(rule, 302));
        Assert.Equal(4, Of(rule, 404));
        Assert.Equal(9, Of(rule, 404, "Cache-Control: max-age=9"));
        Assert.Equal(8, Of(new PathRule(new PathPattern("/x")) { Default = 8000 }, 200));
    }

    [Theory]
    [InlineData(15, "Age: 15")]
    [InlineData(0, "Age: abc")]
    [InlineData(0, "Age: -15")]
    [InlineData(0, "Age: 15.0")]
    [InlineData(0, "Age: 15;a=b")]
    [InlineData(15, "Age: 15, 0")]
    [InlineData(0, "Age: 0, 15")]
    [InlineData(15, "Age: 15", "Age: 0")]
    [InlineData(0, "Age: 0", "Age: 15")]
    [InlineData(int.MaxValue, "Age: 2147483648")]
    [InlineData(int.MaxValue, "Age: 99999999999999999999")]
    public void Section_5_1_the_first_valid_Age_counts(long age, params string[] fields) =>
        Assert.Equal(1000 * age, ResponseAge.Initial(Messages.Response(200, fields).Fields, NowMilliseconds, NowMilliseconds));

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 30, 0, 30)]
    [InlineData(0, -30, 0, 0)]
    [InlineData(20, 30, 0, 30)]
    [InlineData(40, 30, 0, 40)]
    [InlineData(20, 0, 5, 25)]
    [InlineData(0, 0, 5, 5)]
    public void Section_4_2_3_age_is_the_larger_of_what_Date_shows_and_of_Age_with_the_time_it_took(
        long told, long dateBehind, long delay, long age) =>
        Assert.Equal(1000 * age, ResponseAge.Initial(
            Messages.Response(200, $"Age: {told}", "Date: " + Messages.Date(Now - dateBehind)).Fields,
            NowMilliseconds - (1000 * delay), NowMilliseconds));

    [Fact]
    public void Section_4_2_3_age_grows_with_the_time_since_the_arrival_and_not_backwards()
    {
        var freshness = new Freshness(NowMilliseconds, 5000, 60_000);
        Assert.Equal(
            (5000, 15_000, 5000),
            (freshness.AgeAt(NowMilliseconds), freshness.AgeAt(NowMilliseconds + 10_000), freshness.AgeAt(NowMilliseconds - 10_000)));
        Assert.True(freshness.IsFreshAt(NowMilliseconds + 54_999));
        Assert.False(freshness.IsFreshAt(NowMilliseconds + 55_000));
    }

    private static long Of(params string[] fields) => Guess(Messages.Request("/x"), Messages.Response(200, fields));

    private static long Of(PathRule rule, int status, params string[] fields)
    {
        var response = Messages.Response(status, fields);
        return Seconds(Guessing.Of(
            Messages.Request("/x"), response, ResponseDirectives.Read(response.Fields), rule, NowMilliseconds, isOfOne: false, out _));
    }

    private static long Guess(RequestHead request, ResponseHead response, LifetimePolicy? policy = null) => Seconds(
        (policy ?? Guessing).Of(
            request, response, ResponseDirectives.Read(response.Fields), null, NowMilliseconds, (policy ?? Guessing).IsOfOneClient(request),
            out _));

    private static long Seconds(long lifetime) => lifetime < 0 ? lifetime : lifetime / 1000;
}
