using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A request to the origin is built between two looks for a fetch of the same: what others do meanwhile counts.</summary>
public sealed class TwoLooksTests : IDisposable
{
    private const string Fresh = "Cache-Control: max-age=60";

    private readonly FetchScene _scene;
    private readonly List<FetchTicket> _tickets = [];
    private Action? _meanwhile;
    private int _built;

    public TwoLooksTests() => _scene = new FetchScene(faults: new FaultLedger { Point = OnPoint });

    /// <summary>Nothing is left of requests that were built for nothing.</summary>
    public void Dispose()
    {
        foreach (var ticket in _tickets)
        {
            if (ticket.TakeResponse() is not { } response)
                continue;
            response.Body.RemoveReader(_scene.Client);
            response.Release();
        }

        Assert.Equal((0, 0), (_scene.Table.InFlight, _scene.Table.Joinable));
        _scene.Clear();
        Assert.Equal(0, _scene.RentedSegments);
        _scene.Dispose();
    }

    [Fact]
    public void A_fetch_that_begins_and_ends_between_them_answers()
    {
        var ticket = Ask(meanwhile: () =>
        {
            Ask();
            _scene.Origin.Answer(0, Messages.Response(200, Fresh), "body");
        });

        Assert.Equal((CacheOutcome.Hit, 4L), (ticket.Note.Outcome, ticket.Response!.Body.TotalLength));
        Assert.Equal((2, 1L), (_built, _scene.Table.Started));
    }

    [Theory]
    [InlineData(Fresh)]
    [InlineData("Cache-Control: max-age=10")]
    public void A_fetch_that_begins_between_them_is_joined_and_a_stale_response_is_given_back(string stored)
    {
        Store(stored);
        _scene.Time.Advance(100);

        var ticket = Ask(meanwhile: () => Ask());

        Assert.Equal((2, 2L), (_built, _scene.Table.Started));
        _scene.Origin.Answer(1, Messages.Response(200, Fresh), "body");
        Assert.Equal(CacheOutcome.Joined, ticket.Note.Outcome);
    }

    [Fact]
    public void A_key_whose_answer_could_not_be_shared_between_them_is_asked_for_alone()
    {
        Ask(meanwhile: () =>
        {
            Ask();
            _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: private"), "body");
        });

        Assert.Equal(FetchKind.Past, ((ArrivingAnswer)_scene.Origin.Sinks[1]).Fetch.Plan.Kind);
        _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: private"), "body");
    }

    [Fact]
    public void The_origin_is_asked_about_what_was_stored_between_them()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);

        var ticket = Ask(meanwhile: () =>
        {
            Ask();
            _scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=0", "ETag: \"2\""), "body");
        });

        Assert.Equal("\"2\"", _scene.Origin.Field(2, "If-None-Match"));
        _scene.Origin.Answer(2, Messages.Response(304, Fresh, "ETag: \"2\""));
        Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome);
    }

    [Fact]
    public void What_is_built_stays_where_only_another_key_has_ended_between_them()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);

        var ticket = Ask(meanwhile: () =>
        {
            _tickets.Add(_scene.Client.Ask("/object/b"));
            _scene.Origin.Answer(1, Messages.Response(200, Fresh), "body");
        });

        Assert.Equal("\"1\"", _scene.Origin.Field(2, "If-None-Match"));
        _scene.Origin.Answer(2, Messages.Response(304, Fresh, "ETag: \"1\""));
        Assert.Equal((CacheOutcome.Revalidated, 2), (ticket.Note.Outcome, _built));
    }

    [Fact]
    public void The_origin_is_not_asked_about_what_was_cleared_between_them()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);

        var ticket = Ask(meanwhile: () => _scene.Table.Clear());

        Assert.Null(_scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Answer(1, Messages.Response(200, Fresh), "body");
        Assert.Equal(CacheOutcome.Miss, ticket.Note.Outcome);
        Assert.NotNull(_scene.Find());
    }

    [Fact]
    public void What_an_unsafe_request_has_changed_between_them_is_not_brought_back_by_its_confirmation()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);

        var ticket = Ask(meanwhile: () =>
        {
            _tickets.Add(_scene.Client.Ask("/object/a", method: "DELETE"));
            _scene.Origin.Answer(1, Messages.Response(204));
        });
        _scene.Origin.Answer(2, Messages.Response(304, Fresh, "ETag: \"1\""));

        Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome);
        Assert.Null(_scene.Find());
    }

    [Fact]
    public void A_fault_between_them_leaves_nothing()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);

        Assert.Throws<InvalidOperationException>(() => Ask(meanwhile: () => throw new InvalidOperationException("The test's own.")));

        Assert.Equal(1, _scene.Table.Started);
    }

    [Fact]
    public void A_refresh_in_the_background_gives_way_to_a_fetch_that_begins_between_them()
    {
        Store("Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        var stale = _scene.Find()!;
        Assert.True(_scene.Table.Claim(stale));
        _meanwhile = () => Ask();

        _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), stale);

        Assert.Equal((2, 2L), (_built, _scene.Table.Started));
        _scene.Origin.Answer(1, Messages.Response(304, Fresh, "ETag: \"1\""));
    }

    [Fact]
    public void A_thousand_who_ask_for_the_same_build_one_request()
    {
        for (var i = 0; i < 1000; i++)
            Ask();

        Assert.Equal((1, 1L), (_built, _scene.Table.Started));
        _scene.Origin.Answer(0, Messages.Response(200, Fresh), "body");
        Assert.All(_tickets, static ticket => Assert.Equal(200, ticket.Response!.Status));
    }

    [Fact]
    public async Task Of_several_threads_that_ask_for_the_same_at_once_each_builds_one_request_at_most_and_one_is_sent()
    {
        const int Threads = 4;
        using var start = new Barrier(Threads);
        var asking = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Enumerable.Range(0, 100).Select(_ => _scene.Client.Ask("/object/a")).ToArray();
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        foreach (var tickets in await Task.WhenAll(asking))
            _tickets.AddRange(tickets);

        Assert.InRange(_built, 1, Threads);
        Assert.Equal(1, _scene.Table.Started);
        _scene.Origin.Answer(0, Messages.Response(200, Fresh), "body");
        Assert.All(_tickets, static ticket => Assert.Equal(200, ticket.Response!.Status));
    }

    private void OnPoint(string point, IFaultDomain? life)
    {
        if (point != FetchStarts.EntryPoint)
            return;
        Interlocked.Increment(ref _built);
        Interlocked.Exchange(ref _meanwhile, null)?.Invoke();
    }

    private FetchTicket Ask(Action? meanwhile = null)
    {
        _meanwhile = meanwhile;
        var ticket = _scene.Client.Ask("/object/a");
        _tickets.Add(ticket);
        return ticket;
    }

    private void Store(params string[] fields)
    {
        Ask();
        _scene.Origin.Answer(0, Messages.Response(200, fields), "body");
        _built = 0;
    }
}
