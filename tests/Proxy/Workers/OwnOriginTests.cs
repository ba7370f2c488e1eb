using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>Two workers that share cache and fetches, each of which asks an origin of its own.</summary>
public sealed class OwnOriginTests : IDisposable
{
    private const int TurnsMaximum = 1_000;

    private readonly SegmentPool _buffers = new();
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly HeldOrigin[] _origins = [new(), new()];
    private readonly SeededWorker[] _workers;

    public OwnOriginTests()
    {
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = new FetchTable(SceneFetches.Of(_cache, _pool)),
            CreateOrigin = loop => _origins[loop.Index],
        };
        _workers = [.. Enumerable.Range(0, 2).Select(index => new SeededWorker(
            index, new FakeBackend(new Random(index), _buffers, new FakeKernel(), new FakeFaults(), new FakeClock()), settings))];
    }

    private (int First, int Second) Asked => (_origins[0].Sinks.Count, _origins[1].Sinks.Count);

    public void Dispose()
    {
        foreach (var worker in _workers)
            worker.Dispose();
        _cache.Dispose();
        _pool.Dispose();
        _buffers.Dispose();
    }

    [Fact]
    public void An_exchange_asks_the_origin_of_its_worker_or_joins_what_another_has_asked()
    {
        var first = Ask(0, "/a");
        TurnUntil(() => Asked == (1, 0));
        var joined = Ask(1, "/a");
        Ask(1, "/b");
        TurnUntil(() => Asked == (1, 1) && joined.Unread == 0);

        _origins[0].Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");

        TurnUntil(() => first.Deliverable > 0 && joined.Deliverable > 0);
        Assert.Equal((1, 1), Asked);
    }

    [Fact]
    public void A_stale_response_is_refreshed_at_the_origin_of_the_worker_that_used_it()
    {
        Ask(0, "/a");
        TurnUntil(() => Asked == (1, 0));
        _origins[0].Answer(0, Messages.Response(200, "Cache-Control: max-age=0, stale-while-revalidate=600", "ETag: \"1\""), "body");

        var stale = Ask(1, "/a");

        TurnUntil(() => Asked == (1, 1) && stale.Deliverable > 0);
        Assert.Equal("\"1\"", _origins[1].Field(0, "If-None-Match"));
    }

    private FakeSocket Ask(int worker, string target)
    {
        var socket = _workers[worker].Connect(new ClientPlan { Requests = [], ToTlsPort = false });
        socket.Write(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        return socket;
    }

    private void TurnUntil(Func<bool> condition)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "nothing goes on");
            foreach (var worker in _workers)
                worker.Loop.Turn(wait: false);
        }
    }
}
