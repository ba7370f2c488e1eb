using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>The services of a table of fetches for tests of what stands above it.</summary>
internal static class SceneFetches
{
    public static FetchServices Of(ResponseCache cache, SegmentPool pool) => new()
    {
        Cache = cache,
        Policy = new CachePolicy(),
        Pool = pool,
        Router = Routes.Router,
        ObjectMaximum = 1000,
    };
}
