using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Requests to the origin whose clients have left go on, to be stored, but not more of them than a limit.</summary>
public sealed class UnwatchedFetchTests : IOrigin, IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly CountingExchange _exchange = new();

    [Theory]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public void A_request_that_nobody_waits_for_goes_on_only_while_few_are_under_way(int maximum, int cancelled)
    {
        var table = new FetchTable(new FetchServices
        {
            Cache = _cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Router = Routes.Router,
            ObjectMaximum = 1000,
            UnwatchedMaximum = maximum,
        });
        var client = new FetchClient(table, this);
        var tickets = Enumerable.Range(0, 3).Select(i => client.Ask("/object/" + i.ToString(CultureInfo.InvariantCulture))).ToArray();

        tickets[0].Leave();

        Assert.Equal(3, table.InFlight);
        Assert.Equal(cancelled, _exchange.Cancelled);
    }

    void IOrigin.Start(OriginRequest request, IOriginSink sink) => Assert.True(request.TryAttach(_exchange));

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    private sealed class CountingExchange : IOriginExchange
    {
        public int Cancelled { get; private set; }

        public void Cancel() => Cancelled++;

        public void Resume() => Assert.Fail("Nothing waits.");
    }
}
