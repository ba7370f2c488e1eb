using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Cache.Rules;

/// <summary>Which rule holds for a path, however it is spelt.</summary>
public sealed class PathRulesTests
{
    private static readonly PathRule Private = new(new PathPattern("/api/")) { Bypass = true };
    private static readonly PathRule Styles = new(new PathPattern("*.css")) { Lifetime = 60 };
    private static readonly PathRule Static = new(new PathPattern("/static/")) { Lifetime = 60, Default = 60, Negative = 60 };
    private static readonly PathRules All = new([Private, Styles, Static]);

    [Theory]
    [InlineData("/api/me")]
    [InlineData("//api/me")]
    [InlineData("///api//me")]
    [InlineData("/%61pi/me")]
    [InlineData("/%61%70%69/me")]
    [InlineData("/api%2fme")]
    [InlineData("/api%2Fme")]
    [InlineData("/api%5Cme")]
    [InlineData("/%2fapi/me")]
    [InlineData("/x/../api/me")]
    [InlineData("/./api/me")]
    [InlineData("/%2e/api/me")]
    [InlineData("/x/%2E%2e/api/me")]
    [InlineData("/x/..%2fapi/me")]
    [InlineData("/x/..%5capi/me")]
    [InlineData("/x//../api/me")]
    [InlineData("/x//../../api/me")]
    [InlineData("/x%2f../api/me")]
    [InlineData("/api/.")]
    [InlineData("/api/me/..")]
    [InlineData("/api/me/a.css")]
    [InlineData("/api;v=1/me")]
    [InlineData("/x/..;/api/me")]
    [InlineData("/;x/api/me")]
    [InlineData("/;/;/api/me")]
    [InlineData("/static/..;a=b/api;c/me")]
    // A proxy in front of the origin decodes the semicolon, or the slash behind one, and the origin then leaves parameters out.
    [InlineData("/%3b../api/me")]
    [InlineData("/x/..%3Bjs/api/me")]
    [InlineData("/x/..;%2fapi/me")]
    [InlineData("/x/..%3b%2Fapi/me")]
    [InlineData("/%3B/api/me")]
    [InlineData("/;x%5Capi/me")]
    [InlineData("/api%3Bv=1/me")]
    // Read as data, the encoded slash keeps the segment; so do an empty segment that isn't merged and dots that aren't resolved.
    [InlineData("/api/a%2f../../me")]
    [InlineData("/api//../me")]
    [InlineData("/api/../me")]
    [InlineData("/api/%2e%2e/static/a.css")]
    public void No_spelling_evades_a_way_past_the_cache(string path)
    {
        Assert.True(Find(path)?.Bypass, path);
        Assert.True(Find(path + "?q=/static/")?.Bypass, path);
    }

    [Theory]
    [InlineData("/apis/me")]
    [InlineData("/x/api/me")]
    [InlineData("/api")]
    [InlineData("/%2561pi/me")]
    [InlineData("/API/me")]
    [InlineData("/x?/api/")]
    [InlineData("/...//x")]
    public void Other_paths_do_not_go_past_the_cache(string path) => Assert.NotEqual(true, Find(path)?.Bypass);

    [Theory]
    [InlineData("/static/a")]
    [InlineData("/static/a.js?b=//..")]
    [InlineData("/static/a%20b")]
    [InlineData("/static/%C3%A9")]
    [InlineData("/static/.well-known")]
    [InlineData("/static/...")]
    [InlineData("/static/a;v=1/b")]
    public void A_rule_gives_a_lifetime_to_paths_in_their_normal_form(string path)
    {
        Assert.Equal((60L, 60L, 60L), (Find(path)?.Lifetime, Find(path)?.Default, Find(path)?.Negative));
        Assert.True(PathReading.IsNormal(Encoding.ASCII.GetBytes(path.Split('?')[0])));
    }

    [Theory]
    [InlineData("/static/../account")]
    [InlineData("/static/..%2faccount")]
    [InlineData("/static/..%5Caccount")]
    [InlineData("/static/%2e%2e/account")]
    [InlineData("/static/..;/account")]
    [InlineData("/static/.;/account")]
    [InlineData("//static/a")]
    [InlineData("/static//a")]
    [InlineData("/static/./a")]
    [InlineData("/static/%61")]
    [InlineData("/static/%c3%a9")]
    [InlineData("/st%61tic/a")]
    [InlineData("/static%2Fa")]
    [InlineData("/x/../static/a")]
    [InlineData("/static/a%0Ab")]
    [InlineData("/static/a%7F")]
    [InlineData("/static/a%3Fb")]
    [InlineData("/static/a%23b")]
    [InlineData("/static/a%3Bb")]
    [InlineData("/static/%252e%252e/account")]
    [InlineData("/account;x.css")]
    [InlineData("/account%3Bx.css")]
    [InlineData("/account%3Fx.css")]
    [InlineData("/account%0Ax.css")]
    [InlineData("/account%2Fx.css")]
    [InlineData("/account%23/../x.css")]
    public void A_rule_gives_no_lifetime_to_what_an_origin_may_read_otherwise(string path)
    {
        Assert.Null(Find(path)?.Lifetime);
        Assert.Null(Find(path)?.Default);
        Assert.Null(Find(path)?.Negative);
    }

    [Fact]
    public void Readings_that_have_different_rules_go_past_the_cache_only_where_a_rule_keeps_responses_apart()
    {
        var rules = new PathRules(
            [new PathRule(new PathPattern("/static/")) { Lifetime = 60 }, new PathRule(new PathPattern("/")) { Default = 5 }]);
        var rule = rules.Find("/static/../a"u8)!;
        Assert.Equal(("/", false, null), (rule.Path.ToString(), rule.Bypass, rule.Default));
        Assert.True(Find("/api/../a")!.Bypass);
    }

    [Theory]
    [InlineData("/index.php/x.css")]
    [InlineData("/index.php/")]
    [InlineData("/index.php/a/b/c")]
    [InlineData("/static.d/index.php/x.css")]
    [InlineData("/a.css/index.php/x.css")]
    [InlineData("/index%2ephp/x.css")]
    [InlineData("/index.php%2fx.css")]
    [InlineData("/index.php%5Cx.css")]
    [InlineData("/index.php;x/y.css")]
    [InlineData("/index.php//x.css")]
    [InlineData("/index.php/./x.css")]
    [InlineData("/index.php/../x.css")]
    [InlineData("/index.php/x.css/..%2fy.css")]
    [InlineData("/.php/x.css")]
    [InlineData("/app/login/x.css")]
    public void A_way_past_the_cache_by_extension_holds_for_what_follows_the_script_in_its_path(string path)
    {
        PathRule[] others =
        [
            new(new PathPattern("*.php")) { Bypass = true }, new(new PathPattern("*.php")) { BypassCookies = new CookiePatterns(["a"]) },
            new(new PathPattern("*.php")) { KeyFields = ["Origin"u8.ToArray()] },
        ];
        var login = new PathRule(new PathPattern("*/login")) { Bypass = true };
        var standard = new PathRule(new PathPattern("/")) { Lifetime = 60 };
        foreach (var scripts in others)
        {
            foreach (var rules in new PathRule[][] { [scripts, login, Styles, standard], [Styles, login, scripts], [login, scripts] })
                Assert.True(new PathRules(rules).Find(Encoding.ASCII.GetBytes(path + "?a"))?.Bypass, $"{path} {rules.Length}");
        }
    }

    [Theory]
    [InlineData("/index.phps/x.css")]
    [InlineData("/indexphp/x.css")]
    [InlineData("/x.css?/index.php/x.css")]
    [InlineData("/static/index.php/x.css")]
    public void It_holds_for_no_other_path_and_after_no_rule_that_has_the_script_too(string path)
    {
        var rules = new PathRules([Static, Styles, new PathRule(new PathPattern("*.php")) { Bypass = true }]);
        Assert.Equal(60, rules.Find(Encoding.ASCII.GetBytes(path))?.Lifetime);
    }

    [Theory]
    [InlineData("/index.php/x")]
    [InlineData("/index%2ephp/x")]
    [InlineData("/index.php/x.css")]
    public void A_rule_that_keeps_an_extension_from_a_lifetime_keeps_what_follows_the_script_from_it(string path)
    {
        var standard = new PathRule(new PathPattern("/")) { Lifetime = 60, Default = 60 };
        foreach (var scripts in new PathRule[] { new(new PathPattern("*.php")), new(new PathPattern("*.php")) { Lifetime = 0 } })
        {
            var rule = new PathRules([Styles, scripts, standard]).Find(Encoding.ASCII.GetBytes(path))!;
            Assert.Equal((false, null, null), (rule.Bypass, rule.Lifetime, rule.Default));
        }
    }

    [Fact]
    public void A_folder_named_as_a_file_that_is_stored_keeps_nothing_from_a_lifetime()
    {
        var scripts = new PathRule(new PathPattern("*.js")) { Lifetime = 60 };
        Assert.Equal(60, new PathRules([scripts, Styles]).Find("/three.js/r1/a.css"u8)!.Lifetime);
    }

    [Fact]
    public void A_rule_that_stores_by_extension_holds_for_the_end_of_the_path_alone() =>
        Assert.Null(new PathRules([Styles]).Find("/x.css/account"u8));

    [Fact]
    public void The_first_rule_holds_for_every_spelling_of_its_paths()
    {
        var rules = new PathRules([new PathRule(new PathPattern("/api/public/")) { Lifetime = 60 }, Private]);
        Assert.Equal(60, rules.Find("/api/public/a"u8)!.Lifetime);
        Assert.False(rules.Find("/api/public//a"u8)!.Bypass);
        Assert.True(rules.Find("/api/public/../a"u8)!.Bypass);
    }

    [Fact]
    public void A_very_long_path_that_may_be_read_in_several_ways_goes_past_the_cache()
    {
        Assert.True(Find("/x/../" + new string('a', 5000))!.Bypass);
        Assert.Null(Find("/x/" + new string('a', 5000)));
        Assert.Null(PathRules.None.Find(Encoding.ASCII.GetBytes("/x/../" + new string('a', 5000))));
    }

    [Theory]
    [InlineData("/%61pi/", "/api/me", true)]
    [InlineData("/a b/", "/a%20b/c", true)]
    [InlineData("/a%20b/", "/a%20b/c", true)]
    [InlineData("/straße/", "/stra%C3%9Fe/a", true)]
    [InlineData("/@me/", "/%40me/a", true)]
    [InlineData("/100%/", "/100%25/a", true)]
    public void Patterns_may_be_encoded_or_not(string pattern, string path, bool matches) =>
        Assert.Equal(matches, new PathRules([new PathRule(new PathPattern(pattern))]).Find(Encoding.ASCII.GetBytes(path)) is not null);

    [Theory]
    [InlineData("/api/", "/API/me", true)]
    [InlineData("/API/", "/aPi/me", true)]
    [InlineData("/api/", "/%41pi/me", true)]
    [InlineData("*.JPG", "/a/b.jpg", true)]
    [InlineData("/api/", "/ap[/me", false)]
    [InlineData("/api/", "/ap", false)]
    public void Case_does_not_count_where_a_rule_says_so(string pattern, string path, bool matches)
    {
        var rules = new PathRules([new PathRule(new PathPattern(pattern, ignoresCase: true)) { Bypass = true }]);
        Assert.Equal(matches, rules.Find(Encoding.ASCII.GetBytes(path)) is { Bypass: true });
    }

    [Fact]
    public void The_default_lifetime_below_object_is_for_paths_in_their_normal_form()
    {
        var policy = new LifetimePolicy { Default = 60 };
        Assert.Equal(60, Default("/object/a%20b?c=.."));
        foreach (var path in new[] { "/object/../me", "/object/..%2fme", "/object/..;/me", "/object/%2e%2e/me", "/object/%61" })
            Assert.Equal(-1, Default(path));

        long Default(string target)
        {
            var response = Messages.Response(200);
            return policy.Of(Messages.Request(target), response, ResponseDirectives.Read(response.Fields), null, 0, isOfOne: false, out _);
        }
    }

    [Theory]
    [InlineData("X-Preview", true)]
    [InlineData("x-draft-of", true)]
    [InlineData("X-Debug", true)]
    [InlineData("X-Previews", false)]
    [InlineData("Y-Draft-Of", false)]
    public void Fields_that_lead_past_the_cache_may_be_patterns_and_written_as_variables_of_CGI(string field, bool bypasses)
    {
        var fields = new FieldNames(["X_PREVIEW", "X-Draft-*", "*Debug"]);
        var rules = new PathRules([new PathRule(new PathPattern("/")) { BypassFields = fields }]);
        Assert.Equal(bypasses, rules.Find(Messages.Request("/", "GET", "A: 1", field + ": 1"))!.Bypass);
    }

    [Theory]
    [InlineData("/static/a")]
    [InlineData("/x//../%61pi/..;/me")]
    public void Finding_a_rule_and_preparing_a_request_for_it_allocates_nothing(string path)
    {
        var rules = new PathRules([new PathRule(new PathPattern("/"))
        {
            BypassCookies = new CookiePatterns(["login_*"]),
            BypassFields = new FieldNames(["X-Preview"]),
            IgnoredCookies = new CookiePatterns(["_ga"]),
            RequestFields = new FieldChanges(["X-Debug"], [KeyValuePair.Create("X-Site", "a")]),
        }]);
        var requests = Enumerable.Range(0, 401)
            .Select(_ => Messages.Request(path, "GET", "Cookie: _ga=1; lo%67in=2; b.c=3", "X-Debug: 1", "X-Site: 2")).ToArray();
        rules.Find(requests[^1])!.Prepare(requests[^1]);
        var next = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++, next++)
                rules.Find(requests[next])!.Prepare(requests[next]);
        }));
        Assert.Equal("lo%67in=2; b.c=3"u8, requests[0].Fields.Value(requests[0].Fields.Find(KnownField.Cookie)));
    }

    private static PathRule? Find(string target) => All.Find(Encoding.ASCII.GetBytes(target));
}
