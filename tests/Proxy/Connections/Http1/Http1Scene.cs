using System.Text;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>One connection of a fake back end without TLS, and an origin that the test answers for.</summary>
internal sealed class Http1Scene : IConnectionHost, IDisposable
{
    private const int TurnsMaximum = 100_000;

    private readonly SegmentPool _buffers = new();
    private readonly SegmentPool _pool = new(limitBytes: 1 << 20);
    private readonly List<Segment> _exhausting = [];
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly EventLoop _loop;
    private readonly FakeSocket _socket;
    private readonly StringBuilder _received = new();
    private readonly byte[] _taken = new byte[4096];

    public Http1Scene()
    {
        var backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults());
        _loop = new EventLoop(backend);
        var fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with
        {
            ObjectMaximum = 1 << 20,
            Window = new BodyWindow(64 * 1024),
        });
        var connection = new Connection(SceneServices.Of(
            this, _loop, new SegmentStock(_pool), _cache, fetches, Origin,
            static connection => new Http1Protocol(connection, ContinueResponse.Shared)));
        _socket = backend.Open(out var descriptor);
        connection.Start(descriptor, new ListenerTraits(IsTls: false));
    }

    public HeldOrigin Origin { get; } = new();

    /// <summary>All that the client has received.</summary>
    public string Received => _received.ToString();

    /// <summary>Called once when the connection next asks whether it is to end, which it does while a response begins.</summary>
    public Action? WhileAsked { get; set; }

    public bool IsDraining
    {
        get
        {
            var call = WhileAsked;
            WhileAsked = null;
            call?.Invoke();
            return false;
        }
    }

    public void Return(Connection connection)
    {
    }

    public void Forget(Connection connection) => Assert.Fail("Nothing throws.");

    /// <summary>The client sends a request, which reaches the origin.</summary>
    public void Ask(string request)
    {
        Assert.Equal(request.Length, _socket.Write(Encoding.ASCII.GetBytes(request)));
        TurnUntil(() => Origin.Sinks.Count > 0);
    }

    /// <summary>Takes all memory for responses.</summary>
    public void ExhaustMemory()
    {
        while (_pool.TryRent(1) is { } segment)
            _exhausting.Add(segment);
    }

    /// <summary>Lets the loop turn, and the client take what has come, until something is so.</summary>
    public void TurnUntil(Func<bool> condition)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, $"nothing goes on after: {Received}");
            _loop.Turn(wait: false);
            _received.Append(Encoding.ASCII.GetString(_taken, 0, _socket.Take(_taken)));
        }
    }

    public void Dispose()
    {
        _loop.Dispose();
        _cache.Dispose();
        foreach (var segment in _exhausting)
            segment.Release();
        _pool.Dispose();
        _buffers.Dispose();
    }
}
