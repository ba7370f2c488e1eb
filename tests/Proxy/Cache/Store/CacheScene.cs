using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>A cache of responses to GET, and what is asked of it and stored in it. At the end it holds nothing.</summary>
internal sealed class CacheScene : IDisposable
{
    public CacheScene(long bytes = 1 << 20, int nodes = 100, Action? onDebt = null) => Cache = new ResponseCache(bytes, nodes, onDebt);

    public ResponseCache Cache { get; }

    public SegmentPool Pool { get; } = new();

    /// <summary>When the scene began, in milliseconds since 1970: MemoryCache counts by the real clock.</summary>
    public long Begun { get; } = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose()
    {
        Cache.Dispose();
        var left = Pool.RentedSegments;
        Pool.Dispose();
        Assert.Equal(0, left);
    }

    public string Date(long seconds) => "Date: " + Messages.Date((Begun / 1000) + seconds);

    public static string KeyOf(string target) => CacheKey.Of(Messages.Request(target), null);

    public CacheEntry Entry(string target, string text, string[] response, string[] request)
    {
        var head = Messages.Response(200, [.. response, "Content-Type: text/plain"]);
        var asked = Messages.Request(target, "GET", request);
        var body = new Body(Pool, text.Length);
        Assert.True(body.Append(Encoding.ASCII.GetBytes(text)));
        body.Complete();
        var policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } };
        var decision = policy.Judge(asked, head, null, Begun, Begun);
        decision = decision with { Freshness = decision.MayStore ? decision.Freshness : new Freshness(Begun, 0, 60_000) };
        return CacheEntry.Create(asked, head, body, decision, Begun);
    }

    public void Store(string target, string text) => Store(target, text, [], []);

    public void Store(string target, string text, string[] response, string[] request)
    {
        var entry = Entry(target, text, response, request);
        Cache.Store(KeyOf(target), entry, Cache.Permit(), Begun);
        entry.Response.Release();
    }

    public string? Find(string target, params string[] fields)
    {
        if (Cache.TryAcquire(Messages.Request(target, "GET", fields), null, out _) is not { } entry)
            return null;
        var text = Text(entry);
        entry.Response.Release();
        return text;
    }

    public static string Text(CacheEntry entry)
    {
        var text = new StringBuilder();
        while (entry.Response.Body.Read(text.Length, int.MaxValue, out var slice) == BodyRead.Available)
            text.Append(Encoding.ASCII.GetString(slice.Span));
        return text.ToString();
    }
}
