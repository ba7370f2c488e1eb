using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Hosting.Memory;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>The cache counts what parts hold. Memory of the whole process is measured, so nothing else runs meanwhile.</summary>
[Collection("alone")]
public sealed class PartCostTests : IDisposable
{
    private const int Responses = 50;
    private const int PartsEach = 200;

    private readonly SegmentPool _pool = new();

    [Fact]
    public void Parts_hold_no_more_than_they_are_counted_with()
    {
        // The first brings what is there once.
        Make().Release();
        PartialResponse[] made = [];
        var held = HeldBytes.Of(() => made = [.. Enumerable.Range(0, Responses).Select(_ => Make())]) + _pool.AllocatedBytes;
        var counted = made.Sum(parts => parts.Cost);
        Assert.True(held <= counted, $"{PartsEach} parts hold {held / Responses} bytes and are counted with {counted / Responses}.");
        foreach (var parts in made)
            parts.Release();
    }

    public void Dispose() => _pool.Dispose();

    private PartialResponse Make()
    {
        var parts = Take(0);
        for (var i = 1; i < PartsEach; i++)
        {
            var added = Take(2 * i);
            var both = parts.With(added)!;
            parts.Release();
            added.Release();
            parts = both;
        }

        return parts;
    }

    private PartialResponse Take(int start)
    {
        var body = new Body(_pool, 1);
        body.Append([1]);
        var head = Messages.Response(200, "ETag: \"1\"", "Date: Thu, 26 Nov 2026 14:00:00 GMT");
        var whole = new CacheEntry(
            head, Body.Empty(), new Freshness(0, 0, 60_000),
            VaryKey.Of(head, Messages.Request()), sharesAuthorized: false);
        var part = PartialResponse.Of(whole, 10 * PartsEach, body, new ByteSpan(start, 1));
        body.Release();
        return part;
    }
}
