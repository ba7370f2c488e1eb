using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Lifetimes shorter than the time that the origin takes to answer: those who asked meanwhile share, and the key stays
/// shared.</summary>
public sealed class SlowAnswerTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { StaleIfUnreachable = 60_000 });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("Cache-Control: max-age=1")]
    [InlineData("Cache-Control: s-maxage=1")]
    [InlineData("Cache-Control: max-age=1, must-revalidate")]
    [InlineData("Cache-Control: max-age=1", "ETag: \"1\"")]
    [InlineData("CDN-Cache-Control: max-age=1")]
    public void All_who_asked_before_the_head_have_the_answer_that_turned_stale_on_its_way(params string[] fields)
    {
        for (var round = 1; round <= 3; round++)
        {
            var tickets = Enumerable.Range(0, 20).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
            Assert.Equal(round, _scene.Origin.Sinks.Count);
            _scene.Time.AdvanceMilliseconds(1500);
            _scene.Origin.Answer(round - 1, Messages.Response(200, fields), $"body {round}");
            Assert.All(tickets, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-2)]
    [InlineData(-5)]
    [InlineData(-86_400)]
    public void A_clock_of_the_origin_that_is_behind_neither_sends_those_away_who_waited_nor_leaves_a_mark(int date)
    {
        for (var round = 1; round <= 3; round++)
        {
            var asked = _scene.Time.Seconds;
            var tickets = Enumerable.Range(0, 20).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
            Assert.Equal(round, _scene.Origin.Sinks.Count);
            _scene.Time.Advance(1);
            _scene.Origin.Answer(
                round - 1, Messages.Response(200, "Cache-Control: max-age=1", "Date: " + Messages.Date(asked + date)), $"body {round}");
            Assert.All(tickets, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        }
    }

    [Theory]
    [InlineData("Age: 5", "Cache-Control: max-age=5")]
    [InlineData("X-None: 1", "Cache-Control: max-age=0")]
    [InlineData("X-None: 1", "Cache-Control: max-age=60, no-cache")]
    public void An_answer_that_was_stale_before_its_delay_is_for_one(params string[] fields)
    {
        for (var i = 0; i < 3; i++)
            _scene.Client.Ask("/object/a");
        _scene.Time.AdvanceMilliseconds(1500);
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, fields));
        Assert.Equal(3, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void A_confirmation_that_takes_longer_than_the_lifetime_is_for_all_who_asked_meanwhile()
    {
        _scene.Store([], "Cache-Control: max-age=1", "ETag: \"1\"");
        _scene.Time.Advance(2);
        var tickets = Enumerable.Range(0, 20).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        _scene.Time.AdvanceMilliseconds(1500);
        _scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=1", "ETag: \"1\""));
        Assert.All(tickets, ticket => Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void Whoever_asks_after_the_head_of_such_an_answer_begins_another_fetch_that_is_shared()
    {
        _scene.Client.Ask("/object/a");
        _scene.Time.AdvanceMilliseconds(1500);
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=1"));
        var later = Enumerable.Range(0, 5).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        Assert.Equal(2, _scene.Origin.Sinks.Count);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=1"), "later");
        Assert.All(later, ticket => Assert.Equal(5, ticket.Response!.Body.TotalLength));
    }

    [Fact]
    public void It_stands_in_when_the_origin_cannot_be_reached_afterwards()
    {
        _scene.Client.Ask("/object/a");
        _scene.Time.AdvanceMilliseconds(1500);
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=1"), "body");
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);
        Assert.Equal(CacheReason.StaleIfUnreachable, ticket.Note.Reuse);
    }

    [Fact]
    public void An_age_below_a_second_counts_and_is_told_as_0()
    {
        _scene.Client.Ask("/object/a");
        _scene.Time.AdvanceMilliseconds(300);
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=1"), "body");
        _scene.Time.AdvanceMilliseconds(699);
        var hit = _scene.Client.Ask("/object/a");
        _scene.Time.AdvanceMilliseconds(1);
        var miss = _scene.Client.Ask("/object/a");
        Assert.Equal((CacheOutcome.Hit, 0L, 1L), (hit.Note.Outcome, hit.Note.AgeSeconds, hit.Note.Ttl));
        Assert.Equal(CacheReason.Stale, miss.Reuse);
    }
}
