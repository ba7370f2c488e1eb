using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Many clients of an origin that answers with errors: it isn't asked by each, and what is stored stands in where it
/// may.</summary>
public sealed class ErrorHerdTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { StaleIfUnreachable = 60_000 });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(405)]
    [InlineData(414)]
    [InlineData(421)]
    [InlineData(451)]
    [InlineData(501)]
    [InlineData(507)]
    [InlineData(520)]
    [InlineData(599)]
    public void An_error_without_lifetime_answers_all_who_asked_meanwhile_and_leaves_the_key_shared(int status)
    {
        for (var round = 1; round <= 2; round++)
        {
            var tickets = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/a")).ToArray();
            _scene.Origin.Answer(round - 1, Messages.Response(status), "error");
            Assert.All(tickets, ticket => Assert.Equal(status, ticket.Response!.Status));
            Assert.All(tickets[1..], ticket => Assert.Equal(0, ticket.Note.AgeSeconds));
            Assert.Equal(round, _scene.Table.Started);
        }

        Assert.Null(_scene.Find("/a"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(406)]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(413)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(431)]
    [InlineData(499)]
    public void An_error_that_one_request_may_have_caused_is_for_the_others_when_the_next_brings_it_again(int status)
    {
        for (var round = 0; round < 2; round++)
        {
            var tickets = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/a")).ToArray();
            _scene.Origin.Answer(2 * round, Messages.Response(status), "error");
            Assert.Equal(status, tickets[0].Response!.Status);
            Assert.All(tickets[1..], ticket => Assert.Null(ticket.Response));
            _scene.Origin.Answer((2 * round) + 1, Messages.Response(status), "error");
            Assert.All(tickets, ticket => Assert.Equal(status, ticket.Response!.Status));
            Assert.Equal(2 + (2 * round), _scene.Table.Started);
        }
    }

    [Fact]
    public void A_request_that_the_origin_finds_wrong_spoils_nothing_for_those_who_wait_behind_it()
    {
        var wrong = _scene.Client.Ask("/a", "Early-Data: 1");
        var others = Enumerable.Range(0, 39).Select(_ => _scene.Client.Ask("/a")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(425), "early");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60"), "page");
        Assert.Equal(425, wrong.Response!.Status);
        Assert.All(others, ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    [InlineData(511)]
    public void A_client_that_is_asked_who_it_is_answers_for_itself(int status)
    {
        for (var i = 0; i < 5; i++)
            _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(status), "who are you");
        Assert.Equal(5, _scene.Table.Started);
    }

    [Theory]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Cache-Control: private")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Vary: *")]
    public void An_error_that_is_for_one_is_given_to_one_and_the_others_ask_once_more_together(string field)
    {
        var tickets = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/a")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(503, field), "error");
        Assert.Equal(503, tickets[0].Response!.Status);
        Assert.All(tickets[1..], ticket => Assert.Null(ticket.Response));
        Assert.Equal(2, _scene.Table.Started);

        _scene.Origin.Answer(1, Messages.Response(503, field), "error");
        Assert.Equal(503, tickets[1].Response!.Status);
        Assert.All(tickets[2..], ticket => Assert.Equal(OriginFailure.InTrouble, ticket.Failure));
        Assert.Equal(2, _scene.Table.Started);

        for (var i = 0; i < 40; i++)
            _scene.Client.Ask("/a");
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void An_origin_that_has_recovered_answers_the_others_together()
    {
        var tickets = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/a", "Cookie: a=b")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60"), "page");
        Assert.All(tickets[1..], ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void A_page_not_found_that_was_made_for_cookies_is_not_given_to_others()
    {
        _scene.Client.Ask("/a", "Cookie: a=b");
        _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(404), "Dear A");
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void A_mark_of_hit_for_miss_hides_no_response_that_may_stand_in(string method)
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-if-error=100", "Vary: A");
        _scene.Client.Ask("/object/a", "A: 1");
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: private", "Vary: A"), "mine");
        _scene.Time.Advance(20);

        var tickets = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/object/a", method: method)).ToArray();
        for (var i = 2; i < _scene.Origin.Sinks.Count; i++)
            _scene.Origin.Answer(i, Messages.Response(503), "error");

        Assert.All(tickets, ticket => Assert.Equal((200, CacheReason.StaleIfError), (ticket.Response!.Status, ticket.Note.Reuse)));
        if (method == "GET")
            Assert.Equal(3, _scene.Table.Started);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void Nor_does_an_answer_for_one_hide_it_from_those_who_waited(string method)
    {
        _scene.Store(["A: 2"], "Cache-Control: max-age=10, stale-if-error=100", "Vary: A");
        _scene.Time.Advance(20);
        _scene.Client.Ask("/object/a", "A: 1");
        var waiter = _scene.Client.Ask("/object/a", "A: 2", method);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: private", "Vary: A"), "mine");
        _scene.Origin.Answer(2, Messages.Response(503), "error");
        Assert.Equal((200, CacheReason.StaleIfError), (waiter.Response!.Status, waiter.Note.Reuse));
    }

    [Fact]
    public void An_origin_that_cannot_be_reached_leaves_each_waiter_its_own_stored_variant()
    {
        _scene.Store(["A: 2"], "Cache-Control: max-age=10", "Vary: A");
        _scene.Time.Advance(20);
        var first = _scene.Client.Ask("/object/a", "A: 1");
        var second = _scene.Client.Ask("/object/a", "A: 2");
        var third = _scene.Client.Ask("/object/a", "A: 3");
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);
        Assert.Equal(CacheReason.StaleIfUnreachable, second.Note.Reuse);
        Assert.Equal((OriginFailure.ConnectFailed, OriginFailure.ConnectFailed), (first.Failure, third.Failure));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void A_request_that_the_origin_has_to_see_is_never_answered_by_what_is_stored()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-if-error=100");
        _scene.Time.Advance(20);
        var post = _scene.Client.Ask("/object/a", method: "POST");
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);
        Assert.Equal(OriginFailure.ConnectFailed, post.Failure);
    }

    [Fact]
    public void Reloads_that_may_not_have_what_is_stored_share_the_error()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-if-error=100");
        _scene.Time.Advance(20);
        var plain = _scene.Client.Ask("/object/a");
        var reloads = Enumerable.Range(0, 40).Select(_ => _scene.Client.Ask("/object/a", "Cache-Control: no-cache")).ToArray();
        _scene.Origin.Answer(1, Messages.Response(503), "error");
        _scene.Origin.Answer(2, Messages.Response(503), "error");
        Assert.Equal(CacheReason.StaleIfError, plain.Note.Reuse);
        Assert.All(reloads, ticket => Assert.Equal(503, ticket.Response!.Status));
        Assert.Equal(3, _scene.Table.Started);
    }
}
