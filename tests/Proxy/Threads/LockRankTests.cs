using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Testing;
using TlsProxy.Uring.Locks;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Threads;

/// <summary>The locks of the product out of their order: a checked build fails before such a lock is taken.</summary>
public sealed class LockRankTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(LockRank.Table, null)]
    [InlineData(LockRank.Fetch, null)]
    [InlineData(LockRank.Cache, "rank Cache was taken within one of rank Cache")]
    [InlineData(LockRank.Body, "rank Cache was taken within one of rank Body")]
    public void The_cache_comes_behind_table_and_fetch(LockRank outer, string? breach) =>
        CheckWithin(outer, breach, () => _cache.Remove("key"));

    [Theory]
    [InlineData(LockRank.Table, "rank Table was taken within one of rank Table")]
    [InlineData(LockRank.Fetch, "rank Table was taken within one of rank Fetch")]
    [InlineData(LockRank.Body, "rank Table was taken within one of rank Body")]
    public void The_table_comes_first(LockRank outer, string breach) =>
        CheckWithin(outer, breach, new FetchTable(SceneFetches.Of(_cache, _pool)).Expire);

    [Theory]
    [InlineData(LockRank.Cache, null)]
    [InlineData(LockRank.Body, "rank Body was taken within one of rank Body")]
    public void A_body_comes_last(LockRank outer, string? breach) => CheckWithin(outer, breach, () => new Body(_pool, 1).FindStandstill());

    private static void CheckWithin(LockRank outer, string? breach, Action work)
    {
        var gate = new Lock();
        using (gate.Enter(outer))
        {
            var thrown = Record.Exception(work);

            Assert.Equal(CheckedBuild.IsRunning && breach is not null, thrown is not null);
            Assert.Contains(thrown is null ? "" : breach!, thrown?.Message ?? "");
        }
    }
}
