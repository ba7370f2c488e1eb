using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What of a response is kept, and who shares it.</summary>
public sealed class StoringTests : IDisposable
{
    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("body")]
    [InlineData("")]
    public void Who_has_a_whole_response_finds_it_stored_when_asking_again(string body)
    {
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(OfLength(body.Length));
        _scene.Origin.Sinks[0].Deliver(Encoding.ASCII.GetBytes(body));
        // The origin has not said yet that the body ends here.
        Assert.NotNull(_scene.Find());
        _scene.Origin.Sinks[0].OnEnd();
        Assert.NotNull(_scene.Find());
    }

    [Fact]
    public void A_failure_after_the_last_byte_takes_nothing_away()
    {
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(OfLength(4));
        _scene.Origin.Sinks[0].Deliver("body"u8);
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);
        Assert.True(ticket.Response!.Body.IsComplete);
        Assert.NotNull(_scene.Find());
    }

    [Theory]
    [InlineData("Cache-Control: max-age=60, private=\"x-a, X-B\"", "X-A,X-B")]
    [InlineData("Cache-Control: max-age=60, no-cache=\"x-a\"", "X-A")]
    [InlineData("Connection: x-a, close", "X-A,Connection")]
    [InlineData("Proxy-Authenticate: Basic", "Proxy-Authenticate")]
    [InlineData("Proxy-Authentication-Info: x", "Proxy-Authentication-Info")]
    [InlineData("Proxy-Connection: x", "Proxy-Connection")]
    [InlineData("Keep-Alive: x", "Keep-Alive")]
    [InlineData("TE: x", "TE")]
    [InlineData("Trailer: x", "Trailer")]
    [InlineData("Upgrade: x", "Upgrade")]
    public void RFC_9111_section_3_1_fields_of_one_connection_or_one_client_are_not_kept(string field, string missing)
    {
        var control = field.StartsWith("Cache-Control", StringComparison.Ordinal) ? "X-None: 1" : "Cache-Control: max-age=60";
        _scene.Store([], field, control, "X-A: 1", "X-B: 2", "X-C: 3");
        var head = _scene.Find()!.Head;
        Assert.All(missing.Split(','), name => Assert.Null(Messages.Field(head, name)));
        Assert.Equal("3", Messages.Field(head, "X-C"));
    }

    [Fact]
    public void RFC_9111_section_5_2_2_7_the_client_that_was_asked_for_gets_its_private_fields_and_those_who_joined_do_not()
    {
        var first = _scene.Client.Ask("/object/a");
        var joined = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60, private=\"set-cookie\"", "Set-Cookie: a=b"), "body");
        Assert.Equal("a=b", Messages.Field(first.Response!.Head!, "Set-Cookie"));
        Assert.Null(Messages.Field(joined.Response!.Head!, "Set-Cookie"));
        Assert.Same(first.Response.Body, joined.Response.Body);
        Assert.Equal(1, _scene.Table.Started);
    }

    [Fact]
    public void A_stripped_cookie_reaches_only_the_client_it_was_made_for()
    {
        using var scene = new FetchScene(new CachePolicy { SetCookies = SetCookieMode.Strip });
        var first = scene.Client.Ask("/object/a");
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Set-Cookie: a=b"));
        Assert.Equal("a=b", Messages.Field(first.Response!.Head!, "Set-Cookie"));
        Assert.Null(Messages.Field(scene.Find()!.Head, "Set-Cookie"));
    }

    [Fact]
    public void RFC_9110_section_6_6_1_a_response_without_a_Date_is_kept_with_that_of_its_arrival()
    {
        var date = Messages.Date(_scene.Time.Seconds);
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Time.Advance(5);
        Assert.Equal(date, Messages.Field(_scene.Find()!.Head, "Date"));
        Assert.Equal(5, _scene.Client.Ask("/object/a").Note.AgeSeconds);
    }

    [Fact]
    public void RFC_9111_section_4_1_of_several_variants_that_fit_the_latest_by_Date_is_used()
    {
        _scene.Store(["A: 1"], "Cache-Control: max-age=600", "Vary: A", "X: new", "Date: " + Messages.Date(_scene.Time.Seconds - 10));
        _scene.Store(
            ["B: 1", "A: 2"], "Cache-Control: max-age=600", "Vary: B", "X: old", "Date: " + Messages.Date(_scene.Time.Seconds - 20));
        Assert.Equal("new", Messages.Field(_scene.Find("/object/a", "A: 1", "B: 1")!.Head, "X"));
        Assert.Equal("old", Messages.Field(_scene.Find("/object/a", "A: 2", "B: 1")!.Head, "X"));
        Assert.Null(_scene.Find("/object/a", "A: 2"));
    }

    [Fact]
    public void Variants_are_counted_and_the_oldest_leaves_first()
    {
        for (var i = 0; i < 65; i++)
            _scene.Store([$"A: {i}"], "Cache-Control: max-age=600", "Vary: A", "Date: " + Messages.Date(_scene.Time.Seconds - 100 + i));
        Assert.Null(_scene.Find("/object/a", "A: 0"));
        Assert.NotNull(_scene.Find("/object/a", "A: 1"));
        Assert.NotNull(_scene.Find("/object/a", "A: 64"));
    }

    [Fact]
    public void Waiters_of_other_variants_share_one_fetch_for_each_variant()
    {
        var german = _scene.Client.Ask("/object/a", "Accept-Language: de");
        var english = Enumerable.Range(0, 3).Select(_ => _scene.Client.Ask("/object/a", "Accept-Language: en")).ToArray();
        var french = Enumerable.Range(0, 2).Select(_ => _scene.Client.Ask("/object/a", "Accept-Language: fr")).ToArray();
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60", "Vary: Accept-Language"));
        Assert.Equal(3, _scene.Origin.Sinks.Count);
        var late = _scene.Client.Ask("/object/a", "Accept-Language: de");
        Assert.Same(german.Response, late.Response);
        for (var i = 1; i < 3; i++)
            _scene.Origin.Answer(i, Messages.Response(200, "Cache-Control: max-age=60", "Vary: Accept-Language"), "body");
        Assert.All(english, ticket => Assert.Same(english[0].Response, ticket.Response));
        Assert.All(french, ticket => Assert.Same(french[0].Response, ticket.Response));
        Assert.NotSame(english[0].Response, french[0].Response);
    }

    [Fact]
    public void A_response_that_is_stale_on_arrival_is_for_its_own_client_only()
    {
        var tickets = Enumerable.Range(0, 3).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=10", "Age: 10", "ETag: \"1\""));
        Assert.NotNull(tickets[0].Response);
        Assert.Equal(3, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void RFC_9111_section_3_3_a_body_cut_short_is_not_stored()
    {
        _scene.Client.Ask("/object/a");
        var head = Messages.Response(200, "Cache-Control: max-age=60", "Content-Length: 10");
        head.Framing = BodyFraming.Length;
        head.ContentLength = 10;
        _scene.Origin.Answer(0, head, "short");
        Assert.Null(_scene.Find());
    }

    [Theory]
    [InlineData("Cache-Control: no-store", "request-no-store")]
    [InlineData("Authorization: Basic x", "authorization")]
    public void Requests_past_the_cache_carry_their_own_conditions_and_range(string field, string reason)
    {
        var ticket = _scene.Client.Send("/object/a", "GET", field, "If-None-Match: \"x\"", "Range: bytes=0-1");
        Assert.Equal("\"x\"", _scene.Origin.Field(0, "If-None-Match"));
        Assert.Equal("bytes=0-1", _scene.Origin.Field(0, "Range"));
        _scene.Origin.Answer(0, Messages.Response(206, "Content-Range: bytes 0-1/4"), "bo");
        Assert.False(ticket.IsManaged);
        Assert.Equal(reason, CacheReasons.TextOf(ticket.Note.Reuse));
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void A_rule_lets_requests_past_the_cache()
    {
        var rules = new PathRules([new PathRule(new PathPattern("/object/")) { Bypass = true }]);
        using var scene = new FetchScene(new CachePolicy { Rules = rules });
        scene.Store([], "Cache-Control: max-age=60");
        Assert.Null(scene.Find());
        Assert.Equal(CacheReason.Bypass, scene.Client.Ask("/object/a").Reuse);
    }

    [Fact]
    public void A_rule_makes_one_key_of_several_targets()
    {
        var rule = new PathRule(new PathPattern("/object/")) { Key = new KeyNormalization(sortQuery: true, ["utm_*"], foldCase: true) };
        using var scene = new FetchScene(new CachePolicy { Rules = new PathRules([rule]) });
        scene.Client.Ask("/object/A?b=2&a=1&utm_x=3");
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/object/a?a=1&b=2").Note.Outcome);
        Assert.Equal(1, scene.Table.Started);
    }

    [Theory]
    [InlineData(false, "/object/a?a=1&b=2")]
    [InlineData(true, "/object/A?b=2&a=1&utm_x=3")]
    public void The_origin_is_asked_for_what_the_key_names_unless_a_rule_forwards_targets_raw(bool isRaw, string forwarded)
    {
        var key = new KeyNormalization(sortQuery: true, ["utm_*"], foldCase: true);
        var rule = new PathRule(new PathPattern("*")) { Key = key, ForwardsRaw = isRaw };
        using var scene = new FetchScene(new CachePolicy { Rules = new PathRules([rule]) });
        foreach (var method in (string[])["GET", "HEAD", "PUT", "POST"])
            scene.Client.Ask("/object/A?b=2&a=1&utm_x=3", method: method);
        Assert.All(Enumerable.Range(0, scene.Origin.Sinks.Count), i => Assert.Equal(forwarded, scene.Origin.Target(i)));
    }

    [Fact]
    public void What_is_refreshed_in_the_background_is_asked_for_as_it_is_keyed()
    {
        var rule = new PathRule(new PathPattern("/")) { Key = new KeyNormalization(sortQuery: false, ["utm_*"], foldCase: false) };
        using var scene = new FetchScene(new CachePolicy { Rules = new PathRules([rule]) });
        scene.Store([], "Cache-Control: max-age=0, stale-while-revalidate=60");
        scene.Table.Refresh(
            scene.Client.Home, Messages.Request("/object/a?utm_x=evil"), new ForwardedClient("127.0.0.1", false), scene.Find()!);
        Assert.Equal("/object/a", scene.Origin.Target(1));
    }

    [Fact]
    public void What_was_stored_ends_the_time_in_which_nobody_waits_for_another()
    {
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: private"));
        _scene.Client.Ask("/object/a");
        _scene.Client.Ask("/object/a");
        Assert.Equal(3, _scene.Table.Started);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=10"));
        _scene.Time.Advance(20);
        _scene.Client.Ask("/object/a");
        _scene.Client.Ask("/object/a");
        Assert.Equal(4, _scene.Table.Started);
    }

    private static ResponseHead OfLength(int bytes)
    {
        var head = Messages.Response(200, "Cache-Control: max-age=60");
        head.Framing = BodyFraming.Length;
        head.ContentLength = bytes;
        return head;
    }
}
