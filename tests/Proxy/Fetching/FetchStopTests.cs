using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>The end of a table with requests to the origin under way.</summary>
public sealed class FetchStopTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly ThreadedOrigin _origin = new();
    private readonly FetchTable _table;
    private readonly FetchClient _client;

    public FetchStopTests()
    {
        _table = new FetchTable(Services);
        _client = new FetchClient(_table, _origin);
    }

    private FetchServices Services => new()
    {
        Cache = _cache,
        Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
        Pool = _pool,
        Router = Routes.Router,
        ObjectMaximum = 1 << 20,
    };

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void What_is_under_way_has_let_go_of_all_memory_when_the_wait_is_over()
    {
        for (var i = 0; i < 20; i++)
            Abandon(_client.Ask($"/object/{i}"));

        Assert.True(_table.Stop(Limit));

        Assert.Equal(0, _table.InFlight);
        _cache.Clear();
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void A_request_to_the_origin_that_does_not_end_is_waited_for_no_longer_than_told()
    {
        _origin.IgnoresCancel = true;
        Abandon(_client.Ask("/object/a"));
        Assert.False(_table.Stop(TimeSpan.Zero));
        Assert.Equal(1, _table.InFlight);

        _origin.IgnoresCancel = false;
        Assert.True(_table.Stop(Limit));
    }

    [Fact]
    public void Nothing_reaches_the_origin_any_more_and_who_asks_is_told()
    {
        Assert.True(_table.Stop(Limit));

        var late = _client.Ask("/object/a");

        Assert.Equal(OriginFailure.Cancelled, late.Failure);
        Assert.Equal(0, _origin.Exchanges);
        Assert.Equal(0, _table.InFlight);
    }

    [Fact]
    public void What_is_built_when_the_table_stops_does_not_reach_the_origin_either()
    {
        FetchTable? table = null;
        var stops = 0;
        var faults = new FaultLedger { Point = (_, _) => stops += table!.Stop(Limit) ? 1 : 0 };
        table = new FetchTable(Services with { Faults = faults });

        var late = new FetchClient(table, _origin).Ask("/object/a");

        Assert.Equal((1, 0L), (stops, faults.Count));
        Assert.Equal(OriginFailure.Cancelled, late.Failure);
        Assert.Equal((0, 0), (_origin.Exchanges, table.InFlight));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(FetchShards.DefaultCount)]
    public async Task What_begins_while_the_table_stops_ends_in_every_shard(int shards)
    {
        const int beginners = 3;
        const int requests = 100;
        const int rounds = 20;
        for (var round = 0; round < rounds; round++)
        {
            var table = new FetchTable(Services, shards);
            using var begun = new Barrier(beginners + 1);
            var asking = Enumerable.Range(0, beginners).Select(beginner => Task.Factory.StartNew(
                () => Begin(table, begun, beginner, requests), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
            begun.SignalAndWait(TestContext.Current.CancellationToken);
            // Each round stops later, so that some rounds find most of them under way.
            SpinWait.SpinUntil(() => table.Started >= round * beginners * requests / rounds);
            _ = table.Stop(Limit);
            var tickets = (await Task.WhenAll(asking)).SelectMany(static asked => asked).ToArray();

            Assert.Equal(beginners * requests, tickets.Length);
            Assert.All(tickets, static ticket => Assert.Equal(OriginFailure.Cancelled, ticket.Failure));
            Assert.Equal((0, 0), (table.InFlight, table.Joinable));
        }

        static FetchTicket[] Begin(FetchTable table, Barrier begun, int beginner, int requests)
        {
            var client = new FetchClient(table, new SilentOrigin());
            begun.SignalAndWait(CancellationToken.None);
            return [.. Enumerable.Range(0, requests).Select(i => client.Ask($"/object/{beginner}-{i}"))];
        }
    }

    /// <summary>The client has gone; the fetch goes on for the cache.</summary>
    private void Abandon(FetchTicket ticket)
    {
        Assert.True(SpinWait.SpinUntil(() => ticket.Response is not null, Limit));
        ticket.Response!.Body.RemoveReader(_client);
        ticket.Response.Release();
    }
}
