using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>The cache counts what its entries hold: memory of the whole process is measured, so nothing else runs meanwhile.</summary>
[Collection("alone")]
public sealed class EntryCostTests : IOrigin, IDisposable
{
    private const int Entries = 10_000;

    // As many places come at a time (EntrySlots): what is stored beside the first ones makes one more array of each kind.
    private const int Places = 1 << 14;

    private static readonly byte[] Body = new byte[1000];

    private static readonly string[] s_common =
    [
        "Date: Thu, 26 Nov 2026 14:00:00 GMT", "Content-Type: text/html; charset=utf-8", "Cache-Control: max-age=3600",
        "ETag: \"0123456789abcdef\"", "Last-Modified: Thu, 26 Nov 2026 14:00:00 GMT", "Server: nginx/1.22.1", "Content-Length: 1000",
    ];

    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1L << 40, int.MaxValue);
    private readonly FetchTable _table;
    private readonly FetchClient _client;
    private string[] _fields = s_common;
    private int _variants = 1;
    private bool _asksConditionally = true;

    public EntryCostTests()
    {
        _table = new FetchTable(new FetchServices
        {
            Cache = _cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Router = Routes.Router,
            ObjectMaximum = 100_000,
        });
        _client = new FetchClient(_table, this);
    }

    /// <param name="field">A field of each response.</param>
    /// <param name="asked">How many characters each target has beside its number, and each value of X-Select.</param>
    /// <param name="variants">Responses under one key.</param>
    [Theory]
    [InlineData("X-Small: 1", 20, 1)]
    [InlineData("Vary: X-Select", 20, 1)]
    [InlineData("Vary: X-Select", 2000, 1)]
    [InlineData("Vary: X-Select", 20, 50)]
    public void An_entry_holds_no_more_than_it_is_counted_with(string field, int asked, int variants)
    {
        _fields = [.. s_common, field];
        _variants = variants;
        // The first brings what is there once.
        Ask(0, 100, asked);
        var held = ManagedBytes() + _pool.AllocatedBytes;
        var counted = _cache.Bytes;

        Ask(100, Entries, asked);

        held = ManagedBytes() + _pool.AllocatedBytes - held;
        counted = _cache.Bytes - counted;
        Assert.Equal((100 + Entries) / variants, _cache.Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"an entry holds {held / Entries} bytes, counted with {counted / Entries}");
        Assert.True(held <= counted, $"An entry holds {held / Entries} bytes and is counted with {counted / Entries}.");
        // What is counted and isn't held is lost to the cache.
        Assert.True(counted < held * 3 / 2, $"An entry holds {held / Entries} bytes and is counted with {counted / Entries}.");
    }

    /// <param name="name">Whose response it is: of the benchmark's origin, or of nginx for a file.</param>
    /// <param name="fields">Its fields; empty for the common ones.</param>
    /// <param name="maximum">Bytes on the managed heap that an entry may hold at most: all but the body, its share of the arrays
    /// included.</param>
    [Theory]
    [InlineData(
        "benchmark", 920, "Content-Type: application/octet-stream", "Cache-Control: max-age=3600", "ETag: \"bench-1024\"",
        "Date: Thu, 26 Nov 2026 14:00:00 GMT", "Content-Length: 1000")]
    [InlineData(
        "nginx", 1000, "Server: nginx/1.22.1", "Date: Thu, 26 Nov 2026 14:00:00 GMT", "Content-Type: text/html",
        "Content-Length: 1000", "Last-Modified: Thu, 26 Nov 2026 13:00:00 GMT", "ETag: \"65641f2c-3e8\"",
        "Cache-Control: max-age=3600", "Accept-Ranges: bytes")]
    public void An_entry_holds_little_beside_its_body(string name, int maximum, params string[] fields)
    {
        _fields = fields;
        _asksConditionally = false;
        Ask(0, 100, 20);
        var held = ManagedBytes();
        var counted = _cache.Bytes - _pool.AllocatedBytes;

        Ask(100, Places, 20);

        held = (ManagedBytes() - held) / Places;
        counted = (_cache.Bytes - _pool.AllocatedBytes - counted) / Places;
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: an entry holds {held} bytes beside its body, counted with {counted}");
        Assert.InRange(held, 0, maximum);
        Assert.InRange(counted, held, maximum * 115 / 100);
    }

    void IOrigin.Start(OriginRequest request, IOriginSink sink)
    {
        var head = Messages.Response(200, _fields);
        head.Framing = BodyFraming.Length;
        head.ContentLength = Body.Length;
        sink.OnHead(head);
        sink.Deliver(Body);
        sink.OnEnd();
    }

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    /// <summary>Bytes that are reachable on the managed heap. The finalizers of other tests run before the measurement.</summary>
    private static long ManagedBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Has responses stored and sent, each asked for once more with a condition, which makes its 304.</summary>
    private void Ask(int first, int count, int length)
    {
        var padding = new string('x', length);
        for (var i = first; i < first + count; i++)
        {
            var target = string.Create(CultureInfo.InvariantCulture, $"/object/{padding}{i / _variants:D8}");
            var ticket = _client.Send(target, "GET", string.Create(CultureInfo.InvariantCulture, $"X-Select: {padding}{i:D8}"));
            var response = ticket.Response!;
            WrittenHead.Of(ticket);
            response.Body.Subscribe(_client, _client)?.Remove(_client);
            response.Body.RemoveReader(_client);
            if (_asksConditionally)
                Assert.Equal(304, response.NotModified.Status);
            response.Release();
        }
    }
}
