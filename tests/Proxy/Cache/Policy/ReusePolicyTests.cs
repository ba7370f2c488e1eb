using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Policy;

/// <summary>Which stored responses answer which requests (RFC 9111, section 5.2.1).</summary>
public sealed class ReusePolicyTests
{
    private const long Now = 1_800_000_000_000;

    [Theory]
    [InlineData("", 59, "fresh")]
    [InlineData("", 60, "stale")]
    [InlineData("no-cache", 1, "request-no-cache")]
    [InlineData("no-store", 1, "fresh")]
    [InlineData("max-age=0", 0, "fresh")]
    [InlineData("max-age=0", 1, "request-max-age")]
    [InlineData("max-age=10", 10, "fresh")]
    [InlineData("max-age=10", 11, "request-max-age")]
    [InlineData("min-fresh=10", 50, "fresh")]
    [InlineData("min-fresh=10", 51, "request-min-fresh")]
    [InlineData("max-stale", 1000, "max-stale")]
    [InlineData("max-stale=5", 65, "max-stale")]
    [InlineData("max-stale=5", 66, "stale")]
    [InlineData("max-stale=50, max-age=70", 70, "max-stale")]
    [InlineData("max-stale=50, max-age=70", 71, "request-max-age")]
    [InlineData("max-stale=50, min-fresh=1", 61, "stale")]
    [InlineData("only-if-cached", 59, "fresh")]
    public void Section_5_2_1_the_requests_directives_are_kept(string control, long age, string reason) =>
        Assert.Equal(reason, Judge(Aged(age), control));

    [Theory]
    [InlineData("", "stale")]
    [InlineData("max-stale", "stale")]
    public void Section_4_2_4_no_client_is_given_stale_what_must_be_revalidated(string control, string reason) =>
        Assert.Equal(reason, Judge(Aged(61) with { MustRevalidate = true, StaleWhileRevalidate = 100_000 }, control));

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Section_5_2_2_4_no_cache_is_asked_about_at_any_age(long age) =>
        Assert.Equal("response-no-cache", Judge(Aged(age) with { AlwaysAsk = true }, "max-stale"));

    [Theory]
    [InlineData("", 69, "stale-while-revalidate")]
    [InlineData("", 70, "stale")]
    [InlineData("max-age=60", 65, "request-max-age")]
    [InlineData("min-fresh=1", 65, "stale")]
    [InlineData("no-cache", 65, "request-no-cache")]
    public void RFC_5861_section_3_stale_while_revalidate_has_a_window(string control, long age, string reason) =>
        Assert.Equal(reason, Judge(Aged(age) with { StaleWhileRevalidate = 10_000 }, control));

    [Theory]
    [InlineData("", true, 69, "stale-if-error")]
    [InlineData("", false, 69, "stale-if-error")]
    [InlineData("", true, 70, "stale-if-unreachable")]
    [InlineData("", false, 70, "stale")]
    [InlineData("", true, 80, "stale")]
    [InlineData("stale-if-error=40", false, 99, "stale-if-error")]
    [InlineData("no-cache", true, 65, "stale")]
    [InlineData("max-age=60", true, 65, "stale")]
    public void RFC_5861_section_4_an_origin_that_fails_is_covered_within_a_window(
        string control, bool unreachable, long age, string reason)
    {
        var freshness = Aged(age) with { StaleIfError = 10_000, StaleIfUnreachable = 20_000 };
        var directives = RequestDirectives.Read(Messages.Fields("Cache-Control", control));
        Assert.Equal(reason, CacheReasons.TextOf(ReusePolicy.JudgeFailure(freshness, directives, unreachable, Now)));
    }

    /// <summary>Of a minute's lifetime, and so many seconds old.</summary>
    private static Freshness Aged(long seconds) => new(Now, 1000 * seconds, 60_000);

    private static string Judge(in Freshness freshness, string control) =>
        CacheReasons.TextOf(ReusePolicy.Judge(freshness, RequestDirectives.Read(Messages.Fields("Cache-Control", control)), Now));
}
