using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Origins that give two codings of a content one tag, or weaken it in one answer only (RFC 9110, section 8.8.1; RFC 9111,
/// sections 3.2 and 4.3.4).</summary>
public sealed class BorrowedValidatorTests : IDisposable
{
    private const string Stale = "Cache-Control: max-age=0";
    private const string Fresh = "Cache-Control: max-age=60";
    private const string Yesterday = "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT";

    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("W/\"1\"", "\"1\"")]
    [InlineData("\"1\"", "W/\"1\"")]
    [InlineData("W/\"1\"", "W/\"1\"")]
    public void A_304_that_matches_weakly_freshens_the_one_response_asked_about_and_leaves_its_tag(string stored, string confirming)
    {
        _scene.Store(["Accept-Encoding: gzip"], Stale, "ETag: " + stored, "Vary: Accept-Encoding", "Content-Encoding: gzip", "X-Note: old");
        var ticket = _scene.Client.Ask("/object/a", "Accept-Encoding: gzip");
        Assert.Equal(stored, _scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: " + confirming, Fresh, "X-Note: new"));
        Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome);
        var head = _scene.Find("/object/a", "Accept-Encoding: gzip")!.Head;
        Assert.Equal((stored, "gzip"), (Messages.Field(head, "ETag"), Messages.Field(head, "Content-Encoding")));
        Assert.Equal("new", Messages.Field(head, "X-Note"));
        Assert.Null(_scene.Find());
    }

    [Theory]
    [InlineData("X-None: 1", "\"1\"")]
    [InlineData("ETag: \"2\"", "\"1\"")]
    [InlineData("ETag: W/\"2\"", "\"1\"")]
    [InlineData("ETag: W/\"2\"", "W/\"1\"")]
    public void A_304_with_a_tag_that_was_not_asked_about_answers_nobody_whatever_its_date(string stored, string confirming)
    {
        _scene.Store([], Stale, stored, Yesterday);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: " + confirming, Yesterday, Fresh));
        Assert.Null(ticket.Response);
        Assert.Null(_scene.Origin.Field(2, "If-None-Match"));
        Assert.Null(_scene.Origin.Field(2, "If-Modified-Since"));
        _scene.Origin.Answer(2, Messages.Response(200, Fresh, "ETag: " + confirming), "new");
        Assert.Equal(3, ticket.Response!.Body.TotalLength);
    }

    [Fact]
    public void A_weak_tag_beside_the_date_that_was_asked_about_confirms_and_is_not_taken_over()
    {
        _scene.Store([], Stale, Yesterday);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: W/\"1\"", Yesterday, Fresh));
        Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome);
        Assert.Null(Messages.Field(_scene.Find()!.Head, "ETag"));
    }

    [Theory]
    [InlineData("Vary: Origin", "Vary: Accept-Encoding|Vary: Origin")]
    [InlineData("Vary: accept-encoding", "Vary: Accept-Encoding")]
    [InlineData("Vary: Origin, Accept-Encoding", "Vary: Accept-Encoding|Vary: Origin, Accept-Encoding")]
    [InlineData("X-None: 1", "Vary: Accept-Encoding")]
    public void What_selected_a_response_selects_it_after_a_304_that_does_not_name_it(string confirming, string expected)
    {
        _scene.Store(["Accept-Encoding: gzip"], Stale, "ETag: W/\"1\"", "Vary: Accept-Encoding");
        for (var i = 1; i < 3; i++)
        {
            _scene.Client.Ask("/object/a", "Accept-Encoding: gzip");
            _scene.Origin.Answer(i, Messages.Response(304, "ETag: \"1\"", Stale, confirming));
        }

        var fields = _scene.Find("/object/a", "Accept-Encoding: gzip")!.Head.Fields;
        var lines = Enumerable.Range(0, fields.Count).Where(i => fields.Known(i) == KnownField.Vary)
            .Select(i => "Vary: " + Encoding.ASCII.GetString(fields.Value(i)));
        Assert.Equal(expected, string.Join('|', lines));
        Assert.Null(_scene.Find());
    }

    [Theory]
    [InlineData("ETag: W/\"1\"", "ETag: \"1\"", "old")]
    [InlineData("ETag: \"1\"", "ETag: \"1\"", "new")]
    [InlineData(Yesterday, Yesterday, "new")]
    public void A_digest_is_replaced_only_where_both_are_of_the_same_bytes(string stored, string confirming, string expected)
    {
        string[] names = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];
        _scene.Store([], [Stale, stored, .. names.Select(name => name + ": old")]);
        _scene.Client.Ask("/object/a");
        var date = "Date: " + Messages.Date(_scene.Time.Seconds);
        _scene.Origin.Answer(1, Messages.Response(304, [Fresh, confirming, date, .. names.Select(name => name + ": new")]));
        Assert.All(names, name => Assert.Equal(expected, Messages.Field(_scene.Find()!.Head, name)));
    }

    [Fact]
    public void Coded_content_is_for_those_who_accept_the_same_even_if_its_origin_does_not_say_so()
    {
        _scene.Store(["Accept-Encoding: gzip"], Fresh, "ETag: \"1\"", "Content-Encoding: gzip");
        Assert.Null(_scene.Client.Ask("/object/a").Response);
        Assert.Null(_scene.Origin.Field(1, "If-None-Match"));
        Assert.NotNull(_scene.Find("/object/a", "Accept-Encoding: gzip"));
    }

    [Theory]
    [InlineData("ETag: \"1\"", true)]
    [InlineData("ETag: \"2\"", false)]
    public void HEAD_without_the_coding_of_what_is_stored_neither_updates_nor_ends_it_unless_the_content_is_another(string tag, bool stays)
    {
        _scene.Store(["Accept-Encoding: gzip"], Stale, "ETag: W/\"1\"", "Vary: Accept-Encoding", "Content-Encoding: gzip", "X-Note: old");
        _scene.Client.Ask("/object/a", "Accept-Encoding: gzip", "HEAD");
        _scene.Origin.Answer(1, Messages.Response(200, tag, "Content-Length: 99", Fresh, "X-Note: new"));
        var entry = _scene.Find("/object/a", "Accept-Encoding: gzip");
        Assert.Equal(stays ? "old" : null, entry is null ? null : Messages.Field(entry.Head, "X-Note"));
    }
}
