using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What other requests do to stored responses: HEAD, POST and the unsafe methods.</summary>
public sealed class ChangeTests : IDisposable
{
    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("POST", 200, true)]
    [InlineData("PUT", 204, true)]
    [InlineData("DELETE", 303, true)]
    [InlineData("PATCH", 200, true)]
    [InlineData("M-SEARCH", 200, true)]
    [InlineData("UNKNOWN", 201, true)]
    [InlineData("POST", 400, false)]
    [InlineData("POST", 500, false)]
    [InlineData("OPTIONS", 200, false)]
    public void RFC_9111_section_4_4_an_unsafe_request_without_an_error_forgets_its_target(string method, int status, bool forgets)
    {
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Client.Ask("/object/a", method: method);
        _scene.Origin.Answer(1, Messages.Response(status));
        Assert.Equal(forgets, _scene.Find() is null);
    }

    [Theory]
    [InlineData("Location", "/object/a", true)]
    [InlineData("Content-Location", "http://A:80/object/a", true)]
    [InlineData("Content-Location", "a", true)]
    [InlineData("Location", "https://other/object/a", false)]
    [InlineData("Location", "https://a:8443/object/a", false)]
    public void RFC_9111_section_4_4_and_what_its_answer_names_on_the_same_host(string field, string reference, bool forgets)
    {
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Client.Ask("/object/list", method: "POST");
        _scene.Origin.Answer(1, Messages.Response(201, $"{field}: {reference}"));
        Assert.Equal(forgets, _scene.Find() is null);
    }

    [Fact]
    public void RFC_9111_section_4_4_what_was_on_its_way_before_the_change_is_not_stored_after_it()
    {
        var old = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        _scene.Client.Ask("/object/a", method: "PUT");
        _scene.Origin.Answer(1, Messages.Response(204));
        _scene.Client.Ask("/object/a");
        Assert.Equal(3, _scene.Origin.Sinks.Count);
        _scene.Origin.Sinks[0].Deliver("old"u8);
        _scene.Origin.Sinks[0].OnEnd();
        Assert.Equal(3, old.Response!.Body.TotalLength);
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void RFC_9111_section_4_4_nor_is_what_was_fetched_for_one_client_alone()
    {
        _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        _scene.Client.Ask("/object/a", method: "PUT");
        _scene.Origin.Answer(1, Messages.Response(204));
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "old");
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void RFC_9111_section_4_4_a_change_is_one_for_both_schemes()
    {
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Client.IsHttps = true;
        _scene.Client.Ask("/object/a", method: "PUT");
        _scene.Origin.Answer(1, Messages.Response(204));
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void RFC_9111_section_2_a_response_is_stored_for_its_scheme()
    {
        _scene.Store([], "Cache-Control: max-age=60");
        _scene.Client.IsHttps = true;
        _scene.Client.Ask("/object/a");
        Assert.Equal("https", _scene.Origin.Field(1, "X-Forwarded-Proto"));
    }

    [Fact]
    public void Nothing_that_was_on_its_way_when_the_cache_was_cleared_is_stored_or_joined()
    {
        _scene.Client.Ask("/object/a");
        _scene.Client.Ask("/object/b", "Cache-Control: no-cache");
        _scene.Client.Ask("/object/c");
        Assert.Equal(0, _scene.Table.Clear());
        _scene.Client.Ask("/object/c");
        foreach (var index in (int[])[0, 1, 2])
            _scene.Origin.Answer(index, Messages.Response(200, "Cache-Control: max-age=60"), "old");
        Assert.All((string[])["/object/a", "/object/b", "/object/c"], target => Assert.Null(_scene.Find(target)));
        _scene.Origin.Answer(3, Messages.Response(200, "Cache-Control: max-age=60"), "new");
        Assert.NotNull(_scene.Find("/object/c"));
    }

    [Theory]
    [InlineData("Content-Location: /object/a", "Cache-Control: max-age=60")]
    [InlineData("Content-Location: /object/b", "Cache-Control: max-age=60")]
    [InlineData("Content-Location: /object/a", "X-None: 1")]
    [InlineData("X-None: 1", "Cache-Control: max-age=60")]
    public void RFC_9110_section_9_3_3_the_answer_to_a_POST_is_not_stored_whatever_it_says_of_its_target(params string[] fields)
    {
        _scene.Client.Ask("/object/a", method: "POST");
        _scene.Origin.Answer(0, Messages.Response(200, fields), "posted");
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void RFC_9111_section_4_3_5_HEAD_is_answered_from_a_stored_GET()
    {
        _scene.Store([], "Cache-Control: max-age=60");
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a", method: "HEAD").Note.Outcome);
    }

    [Theory]
    [InlineData("ETag: \"1\"", "Content-Length: 4")]
    [InlineData("Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "X-None: 1")]
    [InlineData("X-None: 1", "X-None: 2")]
    public void RFC_9111_section_4_3_5_HEAD_updates_the_stored_response_that_it_still_describes(params string[] fields)
    {
        _scene.Store([], "Cache-Control: max-age=1", "ETag: \"1\"", "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT", "X-Note: old");
        _scene.Time.Advance(2);
        _scene.Client.Ask("/object/a", method: "HEAD");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(200, [.. fields, "Cache-Control: max-age=60", "X-Note: new"]));
        _scene.Origin.Sinks[1].OnEnd();
        var ticket = _scene.Client.Ask("/object/a");
        Assert.Equal(CacheOutcome.Hit, ticket.Note.Outcome);
        Assert.Equal("new", Messages.Field(ticket.Response!.Head!, "X-Note"));
        Assert.Equal(4, ticket.Response.Body.TotalLength);
    }

    [Theory]
    [InlineData("ETag: \"2\"")]
    [InlineData("Last-Modified: Tue, 03 Mar 2026 10:00:00 GMT")]
    [InlineData("Content-Length: 5")]
    public void RFC_9111_section_4_3_5_HEAD_that_describes_another_response_ends_the_use_of_the_stored_one(string field)
    {
        _scene.Store([], "Cache-Control: max-age=1", "ETag: \"1\"", "Last-Modified: Mon, 02 Mar 2026 10:00:00 GMT");
        _scene.Time.Advance(2);
        _scene.Client.Ask("/object/a", method: "HEAD");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(200, field, "Cache-Control: max-age=60"));
        _scene.Origin.Sinks[1].OnEnd();
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void RFC_9111_section_4_3_5_HEAD_with_another_status_than_200_changes_nothing()
    {
        _scene.Store([], "Cache-Control: max-age=1", "ETag: \"1\"");
        _scene.Time.Advance(2);
        _scene.Client.Ask("/object/a", method: "HEAD");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(410, "Cache-Control: max-age=60"));
        _scene.Origin.Sinks[1].OnEnd();
        Assert.Equal("\"1\"", Messages.Field(_scene.Find()!.Head, "ETag"));
    }
}
