using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Upstream;
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
        _table = new FetchTable(new FetchServices
        {
            Cache = _cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Fields = new ForwardedFields(null, "origin"),
            ObjectMaximum = 1 << 20,
        });
        _client = new FetchClient(_table, _origin);
    }

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

    /// <summary>The client has gone; the fetch goes on for the cache.</summary>
    private void Abandon(FetchTicket ticket)
    {
        Assert.True(SpinWait.SpinUntil(() => ticket.Response is not null, Limit));
        ticket.Response!.Body.RemoveReader(_client);
        ticket.Response.Release();
    }
}
