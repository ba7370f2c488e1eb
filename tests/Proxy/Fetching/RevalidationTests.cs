using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Validation of stored responses (RFC 9111, section 4.3).</summary>
public sealed class RevalidationTests : IDisposable
{
    private const string Yesterday = "Mon, 02 Mar 2026 10:00:00 GMT";

    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Section_4_3_1_the_conditions_carry_both_validators_of_the_stale_response()
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: W/\"1\"", "Last-Modified: " + Yesterday);
        _scene.Client.Ask("/object/a");
        Assert.Equal("W/\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        Assert.Equal(Yesterday, _scene.Origin.Field(1, "If-Modified-Since"));
    }

    [Theory]
    [InlineData("Accept-Encoding", "gzip", "br", "W/\"1\"")]
    [InlineData("Accept-Encoding", "gzip", null, "\"1\"")]
    [InlineData("Accept-Encoding", null, "gzip", "\"1\"")]
    [InlineData("Accept-Language", "de", "fr", "\"de\"")]
    [InlineData("Accept", "image/webp", "*/*", "\"1\"")]
    public void Section_4_3_1_a_request_that_selects_no_variant_names_no_tag(string name, string? stored, string? asked, string tag)
    {
        _scene.Store(
            stored is null ? [] : [$"{name}: {stored}"],
            "Cache-Control: max-age=60", $"ETag: {tag}", $"Vary: {name}", "Last-Modified: " + Yesterday);
        _scene.Client.Send("/object/a", "GET", asked is null ? [] : [$"{name}: {asked}"]);
        Assert.Null(_scene.Origin.Field(1, "If-None-Match"));
        Assert.Null(_scene.Origin.Field(1, "If-Modified-Since"));
    }

    [Fact]
    public void Section_4_3_4_a_304_with_another_tag_updates_nothing_and_the_origin_is_asked_without_conditions()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"", "X-Note: old");
        _scene.Time.Advance(20);
        var ticket = _scene.Client.Ask("/object/a");
        var joined = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: \"2\"", "X-Note: new"));
        Assert.Null(ticket.Response);
        Assert.Equal("old", Messages.Field(_scene.Find()!.Head, "X-Note"));
        Assert.Null(_scene.Origin.Field(2, "If-None-Match"));

        _scene.Origin.Answer(2, Messages.Response(200, "ETag: \"2\"", "Cache-Control: max-age=60"), "new");

        Assert.Equal(3, ticket.Response!.Body.TotalLength);
        Assert.Same(ticket.Response, joined.Response);
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void Section_4_3_4_a_304_without_validators_confirms_the_only_response_it_was_asked_about()
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: \"1\"");
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=60"));
        Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome);
        Assert.Equal(304, ticket.Note.ForwardStatus);
    }

    [Theory]
    [InlineData("max-age=60", 7)]
    [InlineData("no-store", 7)]
    [InlineData("private", 7)]
    public void The_age_that_a_304_tells_goes_with_what_it_confirms_whether_it_may_be_kept_or_not(string cacheControl, long age)
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: \"1\"");
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: \"1\"", "Cache-Control: " + cacheControl, $"Age: {age}"));
        Assert.Equal(age, ticket.Note.AgeSeconds);
    }

    [Fact]
    public void Section_3_2_a_304_replaces_the_fields_it_has_and_leaves_the_others()
    {
        _scene.Store(
            [], "Cache-Control: max-age=0", "ETag: \"1\"", "Date: " + Yesterday, "Age: 7", "Content-Type: a/b", "Content-Encoding: gzip",
            "X-Kept: 1", "X-Changed: 1", "X-Changed: 2", "Warning: 110 - stale", "Set-Cookie: a=b");
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(
            304, "ETag: \"1\"", "Cache-Control: max-age=60", "Content-Type: c/d", "Content-Encoding: br", "Content-Length: 99",
            "Content-Range: bytes 0-1/2", "X-Changed: 3", "X-Hop: 1", "Connection: X-Hop", "Transfer-Encoding: chunked"));

        var head = _scene.Find()!.Head;
        Assert.Equal("c/d", Messages.Field(head, "Content-Type"));
        Assert.Equal("gzip", Messages.Field(head, "Content-Encoding"));
        Assert.Equal("1", Messages.Field(head, "X-Kept"));
        Assert.Equal("3", Messages.Field(head, "X-Changed"));
        Assert.Equal("a=b", Messages.Field(head, "Set-Cookie"));
        Assert.Null(Messages.Field(head, "X-Hop"));
        Assert.Null(Messages.Field(head, "Connection"));
        Assert.Null(Messages.Field(head, "Transfer-Encoding"));
        Assert.Null(Messages.Field(head, "Content-Length"));
        Assert.Null(Messages.Field(head, "Content-Range"));
        Assert.Null(Messages.Field(head, "Age"));
        // The 304 came without a Date, so it counts as made on arrival (RFC 9110, section 6.6.1).
        Assert.Equal(Messages.Date(_scene.Time.Seconds), Messages.Field(head, "Date"));
    }

    [Fact]
    public void Section_5_2_2_4_what_says_no_cache_is_confirmed_for_each_request_by_itself()
    {
        _scene.Store([], "Cache-Control: no-cache", "ETag: \"1\"");
        var tickets = Enumerable.Range(0, 3).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        Assert.Equal(4, _scene.Origin.Sinks.Count);
        for (var i = 1; i < 4; i++)
        {
            Assert.Equal("\"1\"", _scene.Origin.Field(i, "If-None-Match"));
            _scene.Origin.Answer(i, Messages.Response(304, "ETag: \"1\"", "Cache-Control: no-cache"));
        }

        Assert.All(tickets, ticket => Assert.Equal(4, ticket.Response!.Body.TotalLength));
    }

    [Theory]
    [InlineData("Cache-Control: no-cache", "request-no-cache")]
    [InlineData("Pragma: no-cache", "request-no-cache")]
    [InlineData("Cache-Control: max-age=0", "request-max-age")]
    [InlineData("Cache-Control: min-fresh=61", "request-min-fresh")]
    public void Section_5_2_1_a_request_that_wants_news_asks_about_a_fresh_response_alone_and_updates_it(string field, string reason)
    {
        _scene.Store([], "Cache-Control: max-age=60", "ETag: \"1\"", "X-Note: old");
        _scene.Time.Advance(1);
        var ticket = _scene.Client.Ask("/object/a", field);
        Assert.Equal("\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        Assert.Null(_scene.Origin.Field(1, "Range"));
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: \"1\"", "X-Note: new"));
        Assert.Equal(reason, CacheReasons.TextOf(ticket.Note.Reuse));
        Assert.Equal(CacheReason.Updated, ticket.Note.Store);
        Assert.Equal("new", Messages.Field(_scene.Find()!.Head, "X-Note"));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(302, true)]
    [InlineData(404, true)]
    [InlineData(400, false)]
    [InlineData(429, false)]
    [InlineData(503, false)]
    public void A_stale_response_in_whose_place_comes_what_may_not_be_stored_is_forgotten_but_not_for_an_error(int status, bool forgets)
    {
        _scene.Store([], "Cache-Control: max-age=0", "ETag: \"1\"");
        _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(status, "Cache-Control: no-store"), "new");
        Assert.Equal(forgets, _scene.Find() is null);
    }

    [Fact]
    public void A_fresh_response_stays_when_one_client_wants_news_that_may_not_be_stored()
    {
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: no-store"), "new");
        Assert.NotNull(_scene.Find());
    }
}
