using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What a rule says of cookies and fields, on the way to the origin and back.</summary>
public sealed class RuleFetchTests
{
    private static readonly PathRule Rule = new(new PathPattern("/object/"));

    [Fact]
    public void A_field_of_the_key_selects_a_response_that_has_no_Vary()
    {
        using var scene = SceneOf(Rule with { KeyFields = ["Origin"u8.ToArray()] });
        scene.Store([], "Cache-Control: max-age=60", "X: none");
        scene.Store(["Origin: a"], "Cache-Control: max-age=60", "X: a", "Vary: Origin");
        Assert.Equal("none", Messages.Field(scene.Find()!.Head, "X"));
        Assert.Equal("a", Messages.Field(scene.Find("/object/a", "Origin: a")!.Head, "X"));
        Assert.Null(scene.Find("/object/a", "Origin: b"));
    }

    [Fact]
    public void Waiters_that_differ_in_a_field_of_the_key_get_answers_of_their_own()
    {
        using var scene = SceneOf(Rule with { KeyFields = ["Origin"u8.ToArray()] });
        var plain = scene.Client.Ask("/object/a");
        var first = scene.Client.Ask("/object/a", "Origin: a");
        var second = scene.Client.Ask("/object/a", "Origin: a");
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.NotNull(plain.Response);
        Assert.Equal(2, scene.Origin.Sinks.Count);
        scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60", "Access-Control-Allow-Origin: a"), "body");
        Assert.Same(first.Response, second.Response);
        Assert.Equal("a", Messages.Field(first.Response!.Head!, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("Cookie: login=1")]
    [InlineData("X-Preview: 1")]
    public void Cookies_and_fields_lead_past_the_cache_both_ways(string field)
    {
        var rule = Rule with { BypassCookies = new CookiePatterns(["login"]), BypassFields = new FieldNames(["X-Preview"]) };
        using var scene = SceneOf(rule);
        scene.Client.Ask("/object/a", field);
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "own");
        Assert.Null(scene.Find());
        scene.Store([], "Cache-Control: max-age=60");
        Assert.NotNull(scene.Find());
        Assert.Equal(CacheReason.Bypass, scene.Client.Ask("/object/a", field).Reuse);
        Assert.Equal(3, scene.Origin.Sinks.Count);
    }

    [Fact]
    public void The_origin_gets_the_fields_that_a_rule_sets_in_place_of_the_clients()
    {
        var changes = new FieldChanges(
            ["X-Debug", "X-Forwarded-For"],
            [new("Authorization", "Basic x"), new("X-Site", "a"), new("X_Zone", "b")]);
        using var scene = SceneOf(Rule with { RequestFields = changes });
        scene.Client.Send("/object/a", "GET", "X-Debug: 1", "x_debug: 2", "X-Site: evil", "X-Zone: evil", "X-Other: 3");
        Assert.Equal((null, null), (scene.Origin.Field(0, "X-Debug"), scene.Origin.Field(0, "x_debug")));
        Assert.Equal(("Basic x", "a"), (scene.Origin.Field(0, "Authorization"), scene.Origin.Field(0, "X-Site")));
        Assert.Equal("3", scene.Origin.Field(0, "X-Other"));
        // An origin of CGI would take the client's field for the rule's.
        Assert.Equal(("b", null), (scene.Origin.Field(0, "X_Zone"), scene.Origin.Field(0, "X-Zone")));
        Assert.Null(scene.Origin.Field(0, "X-Forwarded-For"));
        // Nor does the origin get them from behind a body.
        Assert.Equal((true, false), (scene.Origin.Withholds(0, "x_debug"), scene.Origin.Withholds(0, "X-Other")));
        // The rule's credentials are everybody's.
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.NotNull(scene.Find());
    }

    [Fact]
    public void The_cache_reads_an_answer_as_a_rule_has_changed_it()
    {
        var changes = new FieldChanges(
            ["Set-Cookie", "Server"], [KeyValuePair.Create("Cache-Control", "max-age=60"), KeyValuePair.Create("Vary", "A")]);
        using var scene = SceneOf(Rule with { ResponseFields = changes });
        var ticket = scene.Client.Ask("/object/a", "A: 1");
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: no-store", "Set-Cookie: a=b", "Server: x", "Vary: *"), "body");
        Assert.Null(Messages.Field(ticket.Response!.Head!, "Set-Cookie"));
        Assert.Null(Messages.Field(ticket.Response.Head!, "Server"));
        Assert.NotNull(scene.Find("/object/a", "A: 1"));
        Assert.Null(scene.Find("/object/a", "A: 2"));
    }

    [Fact]
    public void A_304_confirms_what_a_rule_has_changed()
    {
        var changes = new FieldChanges(["Set-Cookie"], [KeyValuePair.Create("X-Site", "a")]);
        using var scene = SceneOf(Rule with { ResponseFields = changes });
        scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        scene.Time.Advance(20);
        scene.Client.Ask("/object/a");
        scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=10", "ETag: \"1\"", "Set-Cookie: a=b", "X-Site: b"));
        Assert.Equal(("a", null), (Messages.Field(scene.Find()!.Head, "X-Site"), Messages.Field(scene.Find()!.Head, "Set-Cookie")));
    }

    private static FetchScene SceneOf(PathRule rule) => new(new CachePolicy { Rules = new PathRules([rule]) });
}
