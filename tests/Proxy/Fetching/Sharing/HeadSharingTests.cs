using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>HEAD is shared as GET is: with others for the same, and with a GET under way.</summary>
public sealed class HeadSharingTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { StaleIfUnreachable = 60_000 });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(200, "Cache-Control: max-age=60")]
    [InlineData(301, "Cache-Control: max-age=60")]
    [InlineData(404, "X-None: 1")]
    [InlineData(503, "X-None: 1")]
    public void Twenty_of_one_key_are_one_request_whose_head_all_get(int status, string field)
    {
        var tickets = Ask(20);
        _scene.Origin.Answer(0, Messages.Response(status, field, "Content-Length: 5", "X-A: 1"));
        Assert.All(tickets, ticket =>
        {
            Assert.Equal((status, "1"), (ticket.Response!.Status, Messages.Field(ticket.Response.Head!, "X-A")));
            Assert.Contains("Content-Length: 5\r\n", WrittenHead.Of(ticket), StringComparison.Ordinal);
        });
        Ask(20);
        Assert.Equal(2, _scene.Table.Started);
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void Of_a_stale_response_they_ask_once_and_its_confirmation_is_for_all()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        var tickets = Ask(20);
        Assert.Equal("\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=10", "ETag: \"1\""));
        Assert.All(tickets, ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a").Note.Outcome);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void Of_a_response_that_is_reloaded_they_ask_twice_at_most()
    {
        _scene.Store([], "Cache-Control: max-age=60", "ETag: \"1\"");
        var tickets = Ask(20, "Cache-Control: no-cache");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"1\""));
        _scene.Origin.Answer(2, Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"1\""));
        Assert.All(tickets, ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(3, _scene.Table.Started);
        Assert.NotNull(_scene.Find());
    }

    [Fact]
    public void A_stale_response_stands_in_for_all_of_them_when_the_origin_fails()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-if-error=60");
        _scene.Time.Advance(20);
        var first = Ask(20);
        _scene.Origin.Answer(1, Messages.Response(503));
        var second = Ask(20);
        _scene.Origin.Sinks[2].OnFailed(OriginFailure.ConnectFailed);
        Assert.All(first.Concat(second), ticket => Assert.Equal(CacheReason.StaleIfError, ticket.Note.Reuse));
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void Beside_a_GET_they_take_its_head_and_a_GET_beside_them_asks_for_the_whole()
    {
        var head = _scene.Client.Ask("/object/a", method: "HEAD");
        var whole = _scene.Client.Ask("/object/a");
        var joined = Ask(20);
        Assert.Equal(2, _scene.Table.Started);
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Content-Length: 5"));
        Assert.All(joined.Append(head), ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Null(whole.Response);
        var late = Ask(20);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60", "X-A: 1"), "body");
        Assert.All(late, ticket => Assert.Equal("1", Messages.Field(ticket.Response!.Head!, "X-A")));
        Assert.Equal((4L, 2L), (whole.Response!.Body.TotalLength, _scene.Table.Started));
    }

    [Theory]
    [InlineData("Cache-Control: private")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Vary: *")]
    public void A_head_for_one_client_is_given_to_one_and_the_others_ask_at_once(string field)
    {
        Ask(20);
        _scene.Origin.Answer(0, Messages.Response(200, field));
        Assert.Equal(20, _scene.Table.Started);
        Ask(5);
        Assert.Equal(25, _scene.Table.Started);
    }

    [Fact]
    public void A_cookie_is_for_the_one_whose_request_was_forwarded()
    {
        using var scene = new FetchScene(new CachePolicy { SetCookies = SetCookieMode.Strip });
        FetchTicket[] tickets = [scene.Client.Ask("/a", method: "HEAD"), scene.Client.Ask("/a", method: "HEAD")];
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Set-Cookie: a=b"));
        Assert.Contains("Set-Cookie: a=b\r\n", WrittenHead.Of(tickets[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", WrittenHead.Of(tickets[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_beginning_of_a_broken_off_body_is_not_completed_for_them()
    {
        _scene.Client.Ask("/object/a");
        var cut = Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"1\"");
        (cut.Framing, cut.ContentLength) = (BodyFraming.Length, 10);
        _scene.Origin.Sinks[0].OnHead(cut);
        _scene.Origin.Sinks[0].Deliver("12345"u8);
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Truncated);
        Ask(5);
        Assert.Null(_scene.Origin.Field(1, "Range"));
        Assert.Equal(2, _scene.Table.Started);
    }

    private FetchTicket[] Ask(int count, string? field = null) =>
        [.. Enumerable.Range(0, count).Select(_ => _scene.Client.Ask("/object/a", field, "HEAD"))];
}
