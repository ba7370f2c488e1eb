using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Stale responses: while the origin is asked, and when it fails (RFC 5861; RFC 9111, section 4.2.4).</summary>
public sealed class StaleTests : IDisposable
{
    private readonly FetchScene _scene = new(new CachePolicy { StaleIfUnreachable = 60_000 });

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void RFC_5861_section_3_a_stale_response_is_used_while_one_fetch_in_the_background_refreshes_it()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-while-revalidate=30", "ETag: \"1\"");
        _scene.Time.Advance(15);
        var stale = _scene.Find()!;
        Assert.Equal(
            CacheReason.StaleWhileRevalidate, ReusePolicy.Judge(stale.Freshness, RequestDirectives.None, _scene.Time.Milliseconds));
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        Assert.False(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);

        Assert.Equal("\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Answer(1, Messages.Response(304, "ETag: \"1\"", "Cache-Control: max-age=10"));

        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a").Note.Outcome);
        Assert.Equal(0, _scene.Table.InFlight);
    }

    [Fact]
    public void RFC_5861_section_3_a_refresh_that_fails_leaves_the_response_and_may_be_tried_again_a_second_later()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-while-revalidate=30");
        _scene.Time.Advance(15);
        var stale = _scene.Find()!;
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);

        Assert.Same(stale, _scene.Find());
        Assert.False(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Time.Advance(1);
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_no_response_from_being_refreshed_again()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-while-revalidate=30");
        _scene.Time.Advance(15);
        var stale = _scene.Find()!;
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);

        _scene.Time.SetBack(3600);
        _scene.Time.Advance(1);

        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
    }

    [Fact]
    public void A_refresh_that_meets_a_fetch_of_the_same_key_begins_none()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-while-revalidate=30");
        _scene.Time.Advance(15);
        var stale = _scene.Find()!;
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void No_more_than_256_refreshes_run_at_a_time()
    {
        Assert.Equal(256, RefreshMany());
        Assert.Equal(556, _scene.Table.Started);
    }

    [Fact]
    public void Refreshes_that_had_to_ask_twice_leave_no_room_for_more_than_256()
    {
        for (var i = 0; i < 10; i++)
        {
            _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
            Answer(200, "Cache-Control: max-age=10, stale-while-revalidate=30", "Age: 10", "ETag: \"1\"");
            Refresh("/object/a");
            Answer(304, "ETag: \"2\"");
            Answer(200, "Cache-Control: max-age=10, stale-while-revalidate=30", "Age: 10");
            Assert.Equal((0, 3 * (i + 1)), (_scene.Table.InFlight, _scene.Table.Started));
        }

        Assert.Equal(256, RefreshMany());
    }

    [Fact]
    public void Past_the_window_of_stale_while_revalidate_the_client_waits_for_the_origin()
    {
        _scene.Store([], "Cache-Control: max-age=10, stale-while-revalidate=30");
        _scene.Time.Advance(40);
        Assert.Null(_scene.Client.Ask("/object/a").Response);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("max-age=10, stale-if-error=100", 503, true)]
    [InlineData("max-age=10, stale-if-error=100", 500, true)]
    [InlineData("max-age=10, stale-if-error=100", 404, false)]
    [InlineData("max-age=10, stale-if-error=5", 503, false)]
    [InlineData("max-age=10", 503, false)]
    [InlineData("max-age=10, stale-if-error=100, must-revalidate", 503, false)]
    public void RFC_5861_section_4_an_error_of_the_origin_is_covered_by_a_stale_response_that_allows_it(
        string control, int status, bool covers)
    {
        _scene.Store([], "Cache-Control: " + control, "ETag: \"1\"");
        _scene.Time.Advance(20);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(status), "error");
        Assert.Equal(covers ? 200 : status, ticket.Response!.Status);
        if (covers)
            Assert.Equal(
                new CacheNote(CacheOutcome.Stale, CacheReason.StaleIfError, CacheReason.OriginFailed, 20, -10, status), ticket.Note);
    }

    [Fact]
    public void RFC_5861_section_4_a_request_may_allow_it_too()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        var ticket = _scene.Client.Ask("/object/a", "Cache-Control: stale-if-error=60");
        _scene.Origin.Answer(1, Messages.Response(502));
        Assert.Equal(CacheReason.StaleIfError, ticket.Note.Reuse);
    }

    [Theory]
    [InlineData(nameof(OriginFailure.ConnectFailed))]
    [InlineData(nameof(OriginFailure.ConnectTimeout))]
    [InlineData(nameof(OriginFailure.ResponseTimeout))]
    [InlineData(nameof(OriginFailure.NoResponse))]
    public void RFC_9111_section_4_2_4_all_who_wait_get_the_stale_response_when_the_origin_cannot_be_reached(string failure)
    {
        _scene.Store([], "Cache-Control: max-age=10");
        _scene.Time.Advance(20);
        var tickets = Enumerable.Range(0, 3).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
        _scene.Origin.Sinks[1].OnFailed(Enum.Parse<OriginFailure>(failure));
        Assert.All(tickets, ticket => Assert.Equal(CacheReason.StaleIfUnreachable, ticket.Note.Reuse));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("max-age=10", nameof(OriginFailure.ResponseTimeout), nameof(CacheReason.StaleIfUnreachable))]
    [InlineData("max-age=10", nameof(OriginFailure.ConnectTimeout), nameof(CacheReason.StaleIfUnreachable))]
    [InlineData("max-age=10, stale-if-error=15", nameof(OriginFailure.ResponseTimeout), nameof(CacheReason.StaleIfError))]
    public void A_response_that_was_usable_when_the_origin_was_asked_is_used_after_a_timeout_longer_than_its_window(
        string control, string failure, string reason)
    {
        _scene.Store([], "Cache-Control: " + control);
        _scene.Time.Advance(20);
        var tickets = new List<FetchTicket> { _scene.Client.Ask("/object/a") };
        _scene.Time.Advance(59);
        tickets.Add(_scene.Client.Ask("/object/a"));
        _scene.Time.Advance(6);
        _scene.Origin.Sinks[1].OnFailed(Enum.Parse<OriginFailure>(failure));
        Assert.All(tickets, ticket => Assert.Equal(Enum.Parse<CacheReason>(reason), ticket.Note.Reuse));
    }

    [Theory]
    [InlineData("max-age=10, must-revalidate")]
    [InlineData("max-age=10, proxy-revalidate")]
    [InlineData("s-maxage=10")]
    [InlineData("max-age=10, no-cache")]
    public void RFC_9111_section_5_2_2_2_what_must_be_revalidated_is_answered_with_504_when_the_origin_cannot_be_reached(string control)
    {
        _scene.Store([], "Cache-Control: " + control, "ETag: \"1\"");
        _scene.Time.Advance(20);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);
        Assert.Equal(OriginFailure.Unconfirmed, ticket.Failure);
        Assert.Equal(504, OriginFailures.Of(ticket.Failure).Status);
    }

    [Fact]
    public void Past_the_window_an_unreachable_origin_is_an_error()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(80);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.ConnectFailed);
        Assert.Equal(OriginFailure.ConnectFailed, ticket.Failure);
    }

    [Fact]
    public void RFC_9111_section_4_3_3_an_error_without_permission_for_stale_is_passed_on_and_the_stored_response_stays()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Answer(1, Messages.Response(503));
        Assert.Equal(503, ticket.Response!.Status);
        Assert.NotNull(_scene.Find());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_leaves_gives_back_what_was_found_stored_for_it(bool isBeingHandedOn)
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        _scene.Client.Ask("/object/a", "A: 1");
        var others = Enumerable.Range(0, 4).Select(i => _scene.Client.Send("/object/a", "GET", "A: 2", $"Cookie: a={i}")).ToArray();
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=10", "Vary: A"), "body");
        Assert.All(others[1..], ticket => Assert.NotNull(ticket.Stale));
        if (isBeingHandedOn)
        {
            _scene.Chance = _ =>
            {
                others[3].Leave();
                return 0;
            };
        }
        else
        {
            others[3].Leave();
        }

        _scene.Origin.Answer(2, Messages.Response(500), "error");
        _scene.Origin.Answer(3, Messages.Response(500), "error");
        Assert.All(others[..3], ticket => Assert.True(ticket.IsAnswered));
        foreach (var ticket in others)
            ticket.TakeResponse()?.Release();
        _scene.Clear();
        Assert.Null(others[3].Stale);
    }

    private void Answer(int status, params string[] fields) =>
        _scene.Origin.Answer(_scene.Origin.Sinks.Count - 1, Messages.Response(status, fields));

    private void Refresh(string target)
    {
        var stale = _scene.Find(target)!;
        Assert.True(stale.TryBeginRefresh(_scene.Table.Services.Uptime));
        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(target), new ForwardedClient("127.0.0.1", false), stale);
    }

    /// <summary>Has 300 responses refreshed, none of which is answered.</summary>
    /// <returns>How many refreshes run.</returns>
    private int RefreshMany()
    {
        for (var i = 0; i < 300; i++)
        {
            _scene.Client.Ask($"/many/{i}");
            Answer(200, "Cache-Control: max-age=10, stale-while-revalidate=30", "Age: 10");
            Refresh($"/many/{i}");
        }

        return _scene.Table.InFlight;
    }
}
