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
    private readonly SegmentStock _segments;
    private readonly int _rentedAtRest;
    private readonly StringBuilder _received = new();
    private readonly byte[] _taken = new byte[4096];

    /// <param name="sendBufferBytes">Bytes on their way to the client at most.</param>
    public Http1Scene(int sendBufferBytes = 65536)
    {
        var kernel = new FakeKernel { SendBufferBytes = sendBufferBytes };
        var backend = new FakeBackend(new Random(1), _buffers, kernel, new FakeFaults());
        _loop = new EventLoop(backend);
        var fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with
        {
            ObjectMaximum = 1 << 20,
            Window = new BodyWindow(64 * 1024),
        });
        Services = SceneServices.Of(
            this, _loop, _segments = new SegmentStock(_pool), _cache, fetches, Origin,
            static connection => new ProtocolSwitch(protocols => new Http1Protocol(connection, ContinueResponse.Shared, protocols)));
        _rentedAtRest = _pool.RentedSegments;
        var connection = new Connection(Services);
        _socket = backend.Open(out var descriptor);
        connection.Start(descriptor, new ListenerTraits(IsTls: false));
    }

    public HeldOrigin Origin { get; } = new();

    public ConnectionServices Services { get; }

    /// <summary>Whether the client takes what comes.</summary>
    public bool ClientTakes { get; set; } = true;

    /// <summary>The connection has ended.</summary>
    public bool HasEnded { get; private set; }

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

    public void Return(Connection connection) => HasEnded = true;

    public void Forget(Connection connection) => Assert.Fail("Nothing throws.");

    /// <summary>The client sends a request, which reaches the origin.</summary>
    public void Ask(string request)
    {
        var asked = Origin.Sinks.Count;
        Send(request);
        TurnUntil(() => Origin.Sinks.Count > asked);
    }

    /// <summary>The client sends bytes.</summary>
    public void Send(string bytes) => Assert.Equal(bytes.Length, _socket.Write(Encoding.ASCII.GetBytes(bytes)));

    /// <summary>The client resets the connection.</summary>
    public void Reset() => _socket.Reset();

    /// <summary>Takes all memory for responses.</summary>
    public void ExhaustMemory()
    {
        while (_pool.TryRent(1) is { } segment)
            _exhausting.Add(segment);
    }

    /// <summary>Gives back the memory that was taken.</summary>
    public void EndShortage()
    {
        _exhausting.ForEach(static segment => segment.Release());
        _exhausting.Clear();
    }

    /// <summary>The connection has given back what it held.</summary>
    public void CheckNothingIsLeft()
    {
        TurnUntil(() => HasEnded);
        Services.Exchanges.Fetches.Clear();
        _segments.Clear();
        Assert.Equal(_rentedAtRest, _pool.RentedSegments);
        Assert.Equal(0, _loop.PendingOperations);
    }

    /// <summary>Lets the loop turn a number of times.</summary>
    public void Turn(int times = 100)
    {
        var turns = 0;
        TurnUntil(() => turns++ == times);
    }

    /// <summary>Lets the loop turn, and the client take what has come, until something is so.</summary>
    /// <param name="time">Time passes in turns in which nothing happens, so that deadlines come.</param>
    public void TurnUntil(Func<bool> condition, bool time = false)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, $"nothing goes on after: {Received}");
            _loop.Turn(wait: time);
            if (ClientTakes)
                _received.Append(Encoding.ASCII.GetString(_taken, 0, _socket.Take(_taken)));
        }
    }

    public void Dispose()
    {
        _loop.Dispose();
        _cache.Dispose();
        EndShortage();
        _pool.Dispose();
        _buffers.Dispose();
    }
}
