using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What leaves a cache in slices while others store and look.</summary>
public sealed class CacheSweepTests : IDisposable
{
    // Several slices.
    private const int Objects = 10_000;

    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1L << 30, 10 * Objects);
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose()
    {
        _cache.Dispose();
        var left = _pool.RentedSegments;
        _pool.Dispose();
        Assert.Equal(0, left);
    }

    [Fact]
    public async Task What_is_due_leaves_and_all_else_stays_while_another_thread_stores()
    {
        for (var i = 0; i < Objects; i++)
            Store(Target(i), seconds: i % 2 == 0 ? 5 : 500);

        var storing = Task.Run(() =>
        {
            for (var i = Objects; i < Objects + 1000; i++)
                Store(Target(i), seconds: 500);
        });
        _cache.Expire(_now + 100_000);
        await storing;

        Assert.Equal((Objects / 2) + 1000, _cache.Count);
        Assert.All(Enumerable.Range(0, Objects), i => Assert.Equal(i % 2 == 1, Holds(Target(i))));
    }

    [Fact]
    public async Task What_is_cleared_is_gone_at_once_and_what_is_stored_meanwhile_stays()
    {
        for (var i = 0; i < Objects; i++)
            Store(Target(i), seconds: 500);

        var forgotten = _cache.TakeAll(out var count);
        Assert.Equal((Objects, 0, 0L), (count, _cache.Count, _cache.Bytes));
        Assert.False(Holds(Target(1)));
        var storing = Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
                Store(Target(i), seconds: 500);
        });
        _cache.Release(forgotten);
        await storing;

        Assert.Equal(1000, _cache.Count);
        Assert.Equal(1000, _pool.RentedSegments);
        var bytes = _cache.Bytes;
        Assert.Equal(1000, _cache.Clear());
        Assert.InRange(bytes, 1, long.MaxValue);
        Assert.Equal(0, _cache.Bytes);
    }

    private static string Target(int number) => $"/{number.ToString(CultureInfo.InvariantCulture)}";

    private bool Holds(string target)
    {
        if (_cache.TryAcquire(Messages.Request(target), null, out _) is not { } entry)
            return false;
        entry.Response.Release();
        return true;
    }

    private void Store(string target, long seconds)
    {
        var request = Messages.Request(target);
        var head = Messages.Response(200, "Cache-Control: max-age=500");
        var body = new Body(_pool, 4);
        Assert.True(body.Append(Encoding.ASCII.GetBytes("body")));
        var decision = new CachePolicy().Judge(request, head, null, _now, _now) with { Freshness = new Freshness(_now, 0, 1000 * seconds) };
        var entry = CacheEntry.Create(request, head, body, decision, _now);
        _cache.Store(CacheKey.Of(request, null), entry, _cache.Permit(), _now);
        entry.Response.Release();
    }
}
