using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Cache.Store;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>What leaves the cache takes long to release, and much room takes long to make. No miss waits meanwhile: neither the gate of a
/// shard nor that of a fetch is held.</summary>
public sealed class FreeGatesTests : IDisposable
{
    private const int Bytes = 1 << 20;

    private static readonly Dictionary<string, Action<FreeGatesTests>> s_ways = new()
    {
        ["an answer takes its place"] = static test => test.Answer("/object/0"),
        ["an answer takes its room"] = static test => test.Answer("/object/a"),
        ["an unsafe request forgets it"] = static test => test.Answer("/object/0", "PUT"),
        ["an answer to HEAD contradicts it"] = static test => Give(test._asked!, test._headSink!, "HEAD", "ETag: \"2\"", bytes: 0),
        ["an answer that isn't stored takes its place"] = static test => test.Answer("/object/0", "GET", "Cache-Control: no-store"),
        ["all is forgotten"] = static test => test._cache.Clear(),
    };

    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache;
    private readonly HeldOrigin _origin = new();
    private readonly ManualTime _time = new();
    private readonly FetchTable _table;
    private readonly FetchClient _client;
    private int _objects;

    // A request for the head of what is stored afterwards.
    private FetchTicket? _asked;
    private IOriginSink? _headSink;

    public FreeGatesTests()
    {
        _cache = new ResponseCache(Bytes, 10_000);
        _table = new FetchTable(new FetchServices
        {
            Cache = _cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Router = Routes.Router,
            ObjectMaximum = Bytes / 2,
            Time = _time,
        });
        _client = new FetchClient(_table, _origin);
    }

    public static TheoryData<string> Ways => [.. s_ways.Keys];

    public void Dispose()
    {
        _cache.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Both_gates_are_free_while_a_response_is_released_when(string way)
    {
        while (_cache.Evictions == 0)
            Answer(string.Create(CultureInfo.InvariantCulture, $"/object/{_objects++}"), "GET", "ETag: \"1\"", bytes: 10);
        _asked = _client.Ask("/object/0", method: "HEAD");
        _headSink = _origin.Sinks[^1];
        // The first was evicted, and is stored again.
        Answer("/object/0", "GET", "ETag: \"1\"", bytes: 10);
        _time.Advance(100);

        HeldMemory.Look(_pool, () => s_ways[way](this), () => Assert.All(Gates(), gate =>
        {
            Assert.True(gate.TryEnter());
            gate.Exit();
        }));
    }

    [Fact]
    public void An_answer_makes_much_room_without_a_gate()
    {
        while (_cache.Evictions == 0)
            Answer(string.Create(CultureInfo.InvariantCulture, $"/object/{_objects++}"), bytes: 10);
        var before = _cache.Evictions;

        // Work in slices fails in a checked build where a lock is held.
        Answer("/object/large", bytes: Bytes / 4);

        Assert.InRange(_cache.Evictions - before, 65, int.MaxValue);
        Assert.InRange(_cache.Bytes, 0, Bytes);
    }

    private IEnumerable<Lock> Gates() =>
    [
        .. Peek.Elements(_table, "_shards", "_shards").Cast<FetchShard>().Select(static shard => shard.Gate),
        .. _origin.Sinks.Cast<ArrivingAnswer>().Select(static answer => (Lock)Peek.At(answer.Fetch, "_gate")!),
    ];

    /// <summary>Has a client get an answer, which the client doesn't keep.</summary>
    private void Answer(string target, string method = "GET", string field = "X-None: 1", int bytes = 0)
    {
        var ticket = _client.Ask(target, method: method);
        Give(ticket, _origin.Sinks[^1], method, field, bytes);
    }

    private static void Give(FetchTicket ticket, IOriginSink sink, string method, string field, int bytes)
    {
        var head = Messages.Response(200, "Cache-Control: max-age=60", field, $"Content-Length: {bytes}");
        head.Framing = method == "HEAD" ? BodyFraming.None : BodyFraming.Length;
        head.ContentLength = bytes;
        sink.OnHead(head);
        if (bytes > 0)
            sink.Deliver(new byte[bytes]);
        sink.OnEnd();
        ticket.Response!.Release();
    }
}
