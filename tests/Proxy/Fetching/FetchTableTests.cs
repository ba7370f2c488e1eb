using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

public sealed class FetchTableTests : IDisposable
{
    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void All_who_ask_before_the_end_share_one_request_and_all_after_it_are_answered_from_the_cache()
    {
        var before = _scene.Client.Ask("/object/a");
        var joined = _scene.Client.Ask("/object/a");
        var sink = Assert.Single(_scene.Origin.Sinks);
        sink.OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        var during = _scene.Client.Ask("/object/a");
        sink.Deliver("body"u8);
        sink.OnEnd();
        var after = _scene.Client.Ask("/object/a");

        Assert.Equal(1, _scene.Table.Started);
        Assert.Equal(
            [CacheOutcome.Miss, CacheOutcome.Joined, CacheOutcome.Joined, CacheOutcome.Hit],
            new[] { before, joined, during, after }.Select(ticket => ticket.Note.Outcome));
        Assert.All(new[] { before, joined, during, after }, ticket => Assert.True(ticket.Response!.Body.IsComplete));
        Assert.Equal(0, _scene.Table.InFlight);
    }

    [Fact]
    public void A_fetch_that_fails_before_its_head_answers_all_with_the_failure_and_none_is_repeated()
    {
        var tickets = Enumerable.Range(0, 5).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        Assert.Single(_scene.Origin.Sinks).OnFailed(OriginFailure.NoResponse);
        Assert.All(tickets, ticket => Assert.Equal(OriginFailure.NoResponse, ticket.Failure));
        Assert.Equal(1, _scene.Table.Started);
    }

    [Fact]
    public void One_request_goes_to_the_origin_a_bounded_number_of_times_whatever_sends_it_there_again()
    {
        var ticket = _scene.Client.Ask("/object/a");
        var plan = new FetchPlan
        {
            Home = ticket.Home,
            Request = ticket.Request,
            Client = ticket.Client,
            Kind = FetchKind.Past,
            Route = Routes.One,
            Key = CacheKey.Of(ticket.Request, null),
        };
        for (var round = 0; round < 20 && !ticket.IsAnswered; round++)
            _scene.Table.Dispersal.Alone(plan, [ticket], isManaged: round % 2 == 0);

        Assert.InRange(_scene.Origin.Sinks.Count, 3, 7);
        Assert.Equal(OriginFailure.Malformed, ticket.Failure);
    }

    [Theory]
    [InlineData("HEAD", "A: b")]
    [InlineData("GET", "Cache-Control: no-store")]
    public void A_request_that_is_given_up_is_joined_by_nobody(string method, string field)
    {
        _scene.Client.Ask("/object/a", field, method).Leave();
        Assert.True(_scene.Origin.IsCancelled(0));
        var next = _scene.Client.Ask("/object/a", method: method);
        _scene.Origin.Sinks[0].OnFailed(OriginFailure.Cancelled);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60"));
        Assert.Equal(200, next.Response!.Status);
    }

    [Fact]
    public void Who_is_cut_and_asks_again_at_once_does_not_join_what_has_failed()
    {
        var cut = _scene.Client.Ask("/object/a");
        var sink = Assert.Single(_scene.Origin.Sinks);
        sink.OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        sink.Deliver("half"u8);
        FetchTicket? again = null;
        cut.Response!.Body.Subscribe(_scene.Client, new Subscriber(() => again = _scene.Client.Ask("/object/a")));

        sink.OnFailed(OriginFailure.Truncated);

        Assert.Equal(2, _scene.Origin.Sinks.Count);
        Assert.Null(again!.Response);
    }

    [Fact]
    public void Waiters_of_an_answer_that_may_not_be_shared_ask_at_once_and_later_ones_do_not_wait()
    {
        for (var i = 0; i < 4; i++)
            _scene.Client.Ask("/object/a");
        Assert.Single(_scene.Origin.Sinks).OnHead(Messages.Response(200, "Cache-Control: private"));
        Assert.Equal(4, _scene.Origin.Sinks.Count);
        _scene.Client.Ask("/object/a");
        _scene.Client.Ask("/object/a");
        Assert.Equal(6, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void Waiters_whom_the_answer_was_not_selected_for_ask_for_themselves()
    {
        var german = _scene.Client.Ask("/object/a", "Accept-Language: de");
        var english = _scene.Client.Ask("/object/a", "Accept-Language: en");
        var sink = Assert.Single(_scene.Origin.Sinks);
        sink.OnHead(Messages.Response(200, "Cache-Control: max-age=60", "Vary: Accept-Language"));
        Assert.Equal(2, _scene.Origin.Sinks.Count);
        Assert.NotNull(german.Response);
        Assert.Null(english.Response);
        _scene.Origin.Sinks[1].OnHead(Messages.Response(200, "Cache-Control: max-age=60", "Vary: Accept-Language"));
        foreach (var each in _scene.Origin.Sinks)
            each.OnEnd();
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a", "Accept-Language: en").Note.Outcome);
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a", "Accept-Language: de").Note.Outcome);
    }

    [Fact]
    public void A_stale_response_is_confirmed_by_a_conditional_request_and_keeps_its_body()
    {
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=0", "ETag: \"v1\""));
        _scene.Origin.Sinks[0].Deliver("body"u8);
        _scene.Origin.Sinks[0].OnEnd();
        var second = _scene.Client.Ask("/object/a");
        Assert.Equal("\"v1\"", _scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Sinks[1].OnHead(Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"v1\""));
        _scene.Origin.Sinks[1].OnEnd();
        Assert.Equal(CacheOutcome.Revalidated, second.Note.Outcome);
        Assert.Equal(4, second.Response!.Body.TotalLength);
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a").Note.Outcome);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void A_successful_unsafe_request_forgets_the_target()
    {
        _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        _scene.Origin.Sinks[0].OnEnd();
        _scene.Client.Ask("/object/a", method: "DELETE");
        _scene.Origin.Sinks[1].OnHead(Messages.Response(204));
        _scene.Origin.Sinks[1].OnEnd();
        _scene.Client.Ask("/object/a");
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void HEAD_joins_a_fetch_of_the_whole_and_begins_none_of_it()
    {
        _scene.Client.Ask("/object/a");
        var joined = _scene.Client.Ask("/object/a", method: "HEAD");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        Assert.Equal(200, joined.Response!.Status);
        _scene.Client.Ask("/object/b", method: "HEAD");
        _scene.Client.Ask("/object/b");
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void What_a_fetch_and_its_readers_held_comes_back()
    {
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: no-store"));
        _scene.Origin.Sinks[0].Deliver(new byte[50_000]);
        _scene.Origin.Sinks[0].OnEnd();
        ticket.Response!.Body.RemoveReader(_scene.Client);
        ticket.Response.Release();
        Assert.Equal(0, _scene.RentedSegments);
    }

    private sealed class Subscriber(Action onProgress) : IBodySubscriber
    {
        public long BodyOffset => 0;

        public void OnBodyProgress() => onProgress();

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
