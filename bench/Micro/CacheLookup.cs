using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Bench.Micro;

/// <summary>Finding a stored response and letting go of it, among so many.</summary>
internal sealed class CacheLookup(int entries) : Benchmark($"look up among {entries:N0} entries")
{
    // So many different ones are asked for in turn that the processor's caches don't hold them all.
    private const int AskedMaximum = 1 << 16;

    private readonly List<RequestHead> _asked = [];
    private ResponseCache? _cache;
    private int _next;

    public override void Prepare()
    {
        _cache = new ResponseCache(long.MaxValue, int.MaxValue);
        var body = new Body(new SegmentPool(), 0);
        body.Complete();
        var head = new ResponseHead { Status = 200 };
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var step = Math.Max(1, entries / AskedMaximum);
        for (var i = 0; i < entries; i++)
        {
            var target = string.Create(CultureInfo.InvariantCulture, $"/object/{(uint)i * 2654435761:x}/{i}");
            var request = Requests.Parse(Requests.Curl(target));
            var entry = new CacheEntry(head, body, new Freshness(now, 0, 86_400_000), VaryKey.Of(head, request), false);
            _cache.Store(CacheKey.Of(request, null), entry, _cache.Permit(), now);
            if (i % step == 0 && _asked.Count < AskedMaximum)
                _asked.Add(request.Detach());
        }
    }

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            _next = _next + 1 < _asked.Count ? _next + 1 : 0;
            if (_cache!.TryAcquire(_asked[_next], null, out _) is not { } entry)
                throw new InvalidOperationException("The entry was not found.");
            entry.Response.Release();
        }
    }
}
