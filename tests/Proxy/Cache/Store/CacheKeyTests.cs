using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

public sealed class CacheKeyTests
{
    [Theory]
    [InlineData("Example.TEST", "/A?b=C", "hexample.test/A?b=C")]
    [InlineData("a:80", "/", "ha/")]
    [InlineData("a:443", "/", "ha:443/")]
    [InlineData("a:8080", "/", "ha:8080/")]
    [InlineData("a:", "/", "ha/")]
    [InlineData("[::1]:", "/", "h[::1]/")]
    [InlineData("[::1]:80", "/%41", "h[::1]/%41")]
    [InlineData("[::80]", "/", "h[::80]/")]
    public void RFC_9110_section_4_2_3_the_host_is_keyed_without_the_default_port_of_http(string host, string target, string key) =>
        Assert.Equal(key, CacheKey.Of(false, Encoding.ASCII.GetBytes(host), Encoding.ASCII.GetBytes(target), null));

    [Theory]
    [InlineData("a:443", "sa/")]
    [InlineData("a:80", "sa:80/")]
    [InlineData("[::1]:443", "s[::1]/")]
    public void RFC_9110_section_4_2_3_or_of_https(string host, string key) =>
        Assert.Equal(key, CacheKey.Of(true, Encoding.ASCII.GetBytes(host), "/"u8, null));

    [Fact]
    public void A_change_concerns_the_host_that_was_named_by_both_schemes()
    {
        Assert.Equal(["ha/x", "sa/x"], CacheKey.OfBothSchemes(true, "A:443"u8, "/x"u8, null));
        Assert.Equal(["ha/x", "sa/x"], CacheKey.OfBothSchemes(false, "a:80"u8, "/x"u8, null));
        Assert.Equal(["ha/x", "sa:80/x"], CacheKey.OfBothSchemes(true, "a:80"u8, "/x"u8, null));
    }

    [Theory]
    [InlineData("/a?b=2&a=1", "/a?a=1&b=2")]
    [InlineData("/a?b=2&a=2&a=1&b", "/a?a=2&a=1&b=2&b")]
    [InlineData("/a?", "/a?")]
    [InlineData("/a", "/a")]
    [InlineData("/a?&b&a", "/a?&a&b")]
    public void A_sorted_query_keeps_the_order_of_equal_names(string target, string key) =>
        Assert.Equal(key, Write(new KeyNormalization(true, [], false), target));

    [Theory]
    [InlineData("/a?utm_source=x&id=1&utm_id=2", "/a?id=1")]
    [InlineData("/a?fbclid=1", "/a")]
    [InlineData("/a?id=1&fbclid", "/a?id=1")]
    [InlineData("/a?FBCLID=1", "/a?FBCLID=1")]
    [InlineData("/a?xfbclid=1", "/a?xfbclid=1")]
    public void Dropped_parameters_do_not_count(string target, string key) =>
        Assert.Equal(key, Write(new KeyNormalization(false, ["utm_*", "fbclid"], false), target));

    [Theory]
    [InlineData("/A/b%C3?Q=X", "/a/b%c3?Q=X")]
    public void Case_is_folded_in_the_path_only(string target, string key) =>
        Assert.Equal(key, Write(new KeyNormalization(false, [], true), target));

    [Fact]
    public void A_query_of_very_many_parameters_stays_as_it_is()
    {
        var target = "/a?" + string.Join('&', Enumerable.Range(0, 100).Select(number => $"z{100 - number}"));
        Assert.Equal(target, Write(new KeyNormalization(true, ["y"], false), target));
    }

    [Theory]
    [InlineData("/live/", "/live/a", true)]
    [InlineData("/live/", "/live", false)]
    [InlineData("/live/", "/Live/a", false)]
    [InlineData("/", "/anything", true)]
    [InlineData("*.m3u8", "/a/b.m3u8", true)]
    [InlineData("*.m3u8", "/a/b.m3u8x", false)]
    [InlineData("/a/*/c", "/a/b/b/c", true)]
    [InlineData("/a/*/c", "/a/c", false)]
    [InlineData("*", "/", true)]
    [InlineData("/*a*b*", "/xaxxbx", true)]
    [InlineData("/*a*b*", "/xbxa", false)]
    public void Patterns_are_beginnings_or_wholes_with_asterisks(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new PathPattern(pattern).Matches(Encoding.ASCII.GetBytes(path)));

    [Fact]
    public void The_first_rule_that_matches_the_path_holds()
    {
        var rules = new PathRules(
            [new PathRule(new PathPattern("/a/b")), new PathRule(new PathPattern("/a")), new PathRule(new PathPattern("*.x"))]);
        Assert.Equal("/a/b", rules.Find("/a/bc?q=/a"u8)!.Path.ToString());
        Assert.Equal("/a", rules.Find("/a/c"u8)!.Path.ToString());
        Assert.Null(rules.Find("/c?q=.x"u8));
        Assert.Null(PathRules.None.Find("/a"u8));
    }

    [Theory]
    [InlineData("/a?")]
    [InlineData("/a?&")]
    [InlineData("/a?&&b")]
    [InlineData("/a?b&")]
    [InlineData("/a?b=")]
    [InlineData("/a?b")]
    [InlineData("/a??")]
    [InlineData("/a?=")]
    [InlineData("/a?=&b")]
    public void Targets_that_differ_have_keys_that_differ_or_are_forwarded_alike(string target)
    {
        foreach (var dropped in new string[][] { [], ["b"], [""], ["*"], ["b*", "="], ["?"] })
        {
            var rule = new PathRule(new PathPattern("/")) { Key = new KeyNormalization(true, dropped, true) };
            var request = Messages.Request(target);
            rule.Normalise(request);
            var forwarded = Encoding.ASCII.GetString(request.Target);
            Assert.Equal("ha" + forwarded, CacheKey.Of(Messages.Request(target), rule));
            Assert.Equal("ha" + forwarded, CacheKey.Of(request, rule));
        }
    }

    [Theory]
    [InlineData("/a?utm_source=evil&q=1", "/a?q=1")]
    [InlineData("/a?q=1&utm_content=1;q=evil", "/a?q=1")]
    [InlineData("/a?utm_source=evil", "/a")]
    [InlineData("/A?b=2&a=1&a=0", "/a?a=1&a=0&b=2")]
    [InlineData("/a?utm%5Fsource=x", "/a?utm%5Fsource=x")]
    public void The_origin_is_asked_for_what_is_keyed_and_that_stays_as_it_is(string target, string forwarded)
    {
        var rule = new PathRule(new PathPattern("/")) { Key = new KeyNormalization(true, ["utm_*"], true) };
        for (var i = 0; i < 2; i++)
        {
            var request = Messages.Request(i == 0 ? target : forwarded);
            rule.Normalise(request);
            Assert.Equal(forwarded, Encoding.ASCII.GetString(request.Target));
            Assert.Equal("h" + "a" + forwarded, CacheKey.Of(request, rule));
        }
    }

    private static string Write(KeyNormalization normalization, string target)
    {
        var buffer = new char[target.Length];
        return new string(buffer, 0, normalization.Write(Encoding.ASCII.GetBytes(target), buffer));
    }
}
