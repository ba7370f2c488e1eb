using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A table of fetches before a held origin, with a cache and a clock of its own.</summary>
internal sealed class FetchScene : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);

    public FetchScene(CachePolicy? policy = null, long arrivingBytes = long.MaxValue, long poolBytes = long.MaxValue,
        OriginTroubles? troubles = null, IOriginRouter? router = null, FaultLedger? faults = null,
        int shards = FetchShards.DefaultCount, long unreadBytes = long.MaxValue, int unwatched = OriginOptions.DefaultConnections)
    {
        var services = new FetchServices
        {
            Cache = _cache,
            Policy = policy ?? new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Router = router ?? Routes.Router,
            ObjectMaximum = 100_000,
            UnreadMaximum = unreadBytes,
            UnwatchedMaximum = unwatched,
            Arriving = new ArrivingBudget(arrivingBytes),
            Window = new BodyWindow(4 << 20, poolBytes),
            Time = Time,
            Troubles = troubles ?? OriginTroubles.Silent,
            Faults = faults ?? FaultLedger.Passing,
            Chance = count => Chance(count),
        };
        Table = new FetchTable(services, shards);
        Client = new FetchClient(Table, Origin);
    }

    public ManualTime Time { get; } = new();

    public HeldOrigin Origin { get; } = new();

    /// <summary>What chance decides: a number below the given one.</summary>
    public Func<int, int> Chance { get; set; } = static _ => 0;

    public FetchTable Table { get; }

    public FetchClient Client { get; }

    public long CacheBytes => _cache.Bytes;

    public long AllocatedBytes => _pool.AllocatedBytes;

    public int RentedSegments => _pool.RentedSegments;

    /// <summary>Stores a response for <c>/object/a</c>, whose request carries these fields.</summary>
    public void Store(string[] request, params string[] response)
    {
        Client.Send("/object/a", "GET", request);
        Origin.Answer(Origin.Sinks.Count - 1, Messages.Response(200, response), "body");
    }

    /// <summary>The stored response that a request selects, released at once; null for none.</summary>
    public CacheEntry? Find(string target = "/object/a", params string[] fields)
    {
        var entry = _cache.TryAcquire(Messages.Request(target, "GET", fields), null, out _);
        entry?.Response.Release();
        return entry;
    }

    /// <summary>Forgets all that is stored.</summary>
    public void Clear() => _cache.Clear();

    /// <summary>Lets go of what has outlived its time.</summary>
    public void Expire() => _cache.Expire(Time.Milliseconds);

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }
}
