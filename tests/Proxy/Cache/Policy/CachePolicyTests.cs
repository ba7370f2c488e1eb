using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Cache.Policy;

/// <summary>What is stored and why not (RFC 9111, section 3).</summary>
public sealed class CachePolicyTests
{
    private const long Now = 1_800_000_000;

    private const long NowMilliseconds = 1000 * Now;

    private static readonly CachePolicy Policy = new()
    {
        Lifetimes = new LifetimePolicy { Default = 60_000, HeuristicMaximum = 3_600_000 },
    };

    [Theory]
    [InlineData("max-age=60", "stored")]
    [InlineData("s-maxage=60", "stored")]
    [InlineData("public, max-age=60", "stored")]
    [InlineData("max-age=60, immutable", "stored")]
    [InlineData("max-age=60, unknown=\"x\"", "stored")]
    [InlineData("max-age=60, no-store", "response-no-store")]
    [InlineData("max-age=60, No-StOrE", "response-no-store")]
    [InlineData("max-age=60, private", "private")]
    [InlineData("max-age=60, private=\"x\"", "stored")]
    [InlineData("max-age=60, no-cache=\"x\"", "stored")]
    [InlineData("max-age=0", "stale-on-arrival")]
    [InlineData("no-cache", "stale-on-arrival")]
    [InlineData("max-age=0, stale-while-revalidate=9", "stored")]
    [InlineData("must-revalidate", "no-lifetime")]
    [InlineData("public", "no-lifetime")]
    public void Section_3_directives_decide(string control, string reason) =>
        Assert.Equal(reason, Judge(Messages.Request("/x"), Messages.Response(200, "Cache-Control: " + control)));

    [Theory]
    [InlineData("max-age=0")]
    [InlineData("no-cache")]
    [InlineData("max-age=60, no-cache")]
    public void Section_4_3_what_is_stale_at_once_is_stored_where_it_can_be_revalidated(string control)
    {
        var decision = Decide(Messages.Request("/x"), Messages.Response(200, "Cache-Control: " + control, "ETag: \"1\""));
        Assert.True(decision.MayStore);
        Assert.False(decision.Freshness.IsFreshAt(NowMilliseconds));
    }

    [Theory]
    [InlineData("GET", "stored")]
    [InlineData("HEAD", "method")]
    [InlineData("POST", "method")]
    [InlineData("PUT", "method")]
    [InlineData("OPTIONS", "method")]
    [InlineData("FOO", "method")]
    public void Section_3_the_method_decides(string method, string reason) =>
        Assert.Equal(reason, Judge(Messages.Request("/x", method), Messages.Response(200, "Cache-Control: max-age=60")));

    [Fact]
    public void A_rule_says_what_becomes_of_cookies()
    {
        var rule = new PathRule(new PathPattern("/x")) { Lifetime = 60 };
        Assert.Equal((CacheReason.SetCookie, false), Judge(rule));
        Assert.Equal((CacheReason.Stored, true), Judge(rule with { SetCookies = SetCookieMode.Strip }));
        Assert.Equal((CacheReason.Stored, false), Judge(rule with { SetCookies = SetCookieMode.Store }));
        Assert.Equal((CacheReason.SetCookie, false), Judge(rule with { SetCookies = SetCookieMode.Pass }));

        static (CacheReason Reason, bool Strips) Judge(PathRule rule)
        {
            var response = Messages.Response(200, "Set-Cookie: a=b");
            var decision = Policy.Judge(Messages.Request("/x"), response, rule, NowMilliseconds, NowMilliseconds);
            return (decision.Reason, decision.StripsCookies);
        }
    }

    [Fact]
    public void Section_3_any_final_status_may_be_stored_with_explicit_freshness()
    {
        int[] final =
        [
            200, 201, 203, 204, 299, 300, 301, 302, 303, 307, 308, 400, 404, 410, 451, 499, 500, 502, 503, 504, 599,
        ];
        foreach (var status in final)
            Assert.Equal("stored", Judge(Messages.Request("/x"), Messages.Response(status, "Cache-Control: max-age=60")));
    }

    [Theory]
    [InlineData(226, "condition")]
    [InlineData(304, "condition")]
    [InlineData(412, "condition")]
    [InlineData(206, "partial")]
    [InlineData(416, "partial")]
    public void RFC_9110_section_13_an_answer_to_a_condition_or_a_range_is_not_stored_whatever_lifetime_it_has(int status, string reason)
    {
        foreach (var control in new[] { "max-age=60", "public, s-maxage=60", "max-age=60, must-understand, no-store" })
            Assert.Equal(reason, Judge(Messages.Request("/x"), Messages.Response(status, "Cache-Control: " + control)));
        var generous = Policy with { Lifetimes = new LifetimePolicy { Negative = 60, Default = 60 } };
        var rule = new PathRule(new PathPattern("/")) { Lifetime = 60, Negative = 60, Default = 60 };
        var decision = generous.Judge(Messages.Request("/x"), Messages.Response(status), rule, NowMilliseconds, NowMilliseconds);
        Assert.Equal(reason, CacheReasons.TextOf(decision.Reason));
    }

    [Theory]
    [InlineData("GET", "Content-Length: 6", "request-content")]
    [InlineData("GET", "Transfer-Encoding: chunked", "request-content")]
    [InlineData("GET", "Content-Length: 0", "stored")]
    [InlineData("POST", "Content-Length: 6", "method")]
    [InlineData("POST", "Content-Length: 0", "method")]
    public void RFC_9110_section_9_3_1_what_an_origin_may_have_made_of_a_body_is_not_stored(string method, string framing, string reason) =>
        Assert.Equal(reason, Judge(
            Messages.Request("/x", method, framing), Messages.Response(200, "Cache-Control: max-age=60", "Content-Location: /x")));

    [Theory]
    [InlineData(200, "stored")]
    [InlineData(404, "stored")]
    [InlineData(599, "status-not-understood")]
    [InlineData(299, "status-not-understood")]
    public void Section_5_2_2_3_must_understand_replaces_no_store_where_the_status_is_understood(int status, string reason) =>
        Assert.Equal(reason, Judge(
            Messages.Request("/x"), Messages.Response(status, "Cache-Control: max-age=60, no-store, must-understand")));

    [Theory]
    [InlineData("max-age=60", "authorization")]
    [InlineData("max-age=60, proxy-revalidate", "authorization")]
    [InlineData("max-age=60, public", "stored")]
    [InlineData("max-age=60, must-revalidate", "stored")]
    [InlineData("s-maxage=60", "stored")]
    public void Section_3_5_what_was_asked_for_with_Authorization_is_stored_where_the_origin_shares_it(string control, string reason) =>
        Assert.Equal(reason, Judge(
            Messages.Request("/x", "GET", "Authorization: Basic x"), Messages.Response(200, "Cache-Control: " + control)));

    [Fact]
    public void Section_5_2_1_5_nothing_is_stored_for_a_request_with_no_store() =>
        Assert.Equal("request-no-store", Judge(
            Messages.Request("/x", "GET", "Cache-Control: no-store"), Messages.Response(200, "Cache-Control: max-age=60")));

    [Theory]
    [InlineData("*")]
    [InlineData("*, *")]
    [InlineData(", *")]
    [InlineData("*, Foo")]
    [InlineData("Foo, *")]
    [InlineData("Foo|*")]
    [InlineData("|*")]
    public void Section_4_1_Vary_with_an_asterisk_anywhere_is_never_stored(string vary)
    {
        var lines = vary.Split('|').Select(line => "Vary: " + line);
        Assert.Equal("varies-on-anything", Judge(Messages.Request("/x"), Messages.Response(200, ["Cache-Control: max-age=60", .. lines])));
    }

    [Theory]
    [InlineData("Cookie Accept-Encoding")]
    [InlineData("Accept, Cookie; Accept-Language")]
    [InlineData("Cookie:")]
    [InlineData("\"Cookie\"")]
    [InlineData("Accept, \"Cookie")]
    public void A_member_of_Vary_that_is_no_field_name_may_stand_for_any(string vary) => Assert.Equal(
        "varies-on-anything", Judge(Messages.Request("/x"), Messages.Response(200, "Cache-Control: max-age=60", "Vary: " + vary)));

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-for")]
    [InlineData("Accept, X-Forwarded-For")]
    [InlineData("Accept|X-Forwarded-For")]
    public void What_varies_by_the_address_that_the_origin_is_told_is_never_stored(string vary)
    {
        var lines = vary.Split('|').Select(line => "Vary: " + line);
        Assert.Equal("varies-on-anything", Judge(Messages.Request("/x"), Messages.Response(200, ["Cache-Control: max-age=60", .. lines])));
    }

    [Theory]
    [InlineData("store", "stored")]
    [InlineData("strip", "stored")]
    [InlineData("pass", "set-cookie")]
    public void Section_7_3_a_cookie_with_explicit_freshness_is_treated_as_configured(string mode, string reason)
    {
        var policy = Policy with { SetCookies = Enum.Parse<SetCookieMode>(mode, ignoreCase: true) };
        var response = Messages.Response(200, "Cache-Control: max-age=60", "Set-Cookie: a=b");
        var decision = policy.Judge(Messages.Request("/x"), response, null, NowMilliseconds, NowMilliseconds);
        Assert.Equal(reason, CacheReasons.TextOf(decision.Reason));
    }

    [Fact]
    public void A_rule_can_let_a_path_past_the_cache()
    {
        var rule = new PathRule(new PathPattern("/x")) { Bypass = true };
        var response = Messages.Response(200, "Cache-Control: max-age=60");
        Assert.Equal(CacheReason.Bypass, Policy.Judge(Messages.Request("/x"), response, rule, NowMilliseconds, NowMilliseconds).Reason);
    }

    [Fact]
    public void RFC_9213_a_targeted_field_decides_in_place_of_Cache_Control()
    {
        Assert.Equal("stored", Judge(
            Messages.Request("/x"), Messages.Response(200, "Cache-Control: no-store", "CDN-Cache-Control: max-age=60")));
        Assert.Equal("private", Judge(
            Messages.Request("/x"), Messages.Response(200, "Cache-Control: max-age=60", "CDN-Cache-Control: private")));
        Assert.Equal("no-lifetime", Judge(
            Messages.Request("/x"),
            Messages.Response(200, "Cache-Control: max-age=60", "CDN-Cache-Control: none", "Expires: " + Messages.Date(Now + 60))));
    }

    private static StoreDecision Decide(RequestHead request, ResponseHead response) =>
        Policy.Judge(request, response, null, NowMilliseconds, NowMilliseconds);

    private static string Judge(RequestHead request, ResponseHead response) => CacheReasons.TextOf(Decide(request, response).Reason);
}
