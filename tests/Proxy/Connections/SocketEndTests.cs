using TlsProxy.Handshake;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections;

/// <summary>Connections whose PROXY header or handshake fails: each ends as it must on the wire, and none starts a channel for that.
/// </summary>
public sealed class SocketEndTests : IDisposable
{
    private const int TurnsMaximum = 1_000;
    private const long TurnNanoseconds = 50_000_000;
    private const long HourNanoseconds = 3_600_000_000_000;

    private static readonly byte[] s_proxied = "PROXY UNKNOWN\r\n"u8.ToArray();

    // A record of a handshake whose message is none.
    private static readonly byte[] s_noHello = [22, 3, 1, 0, 5, 99, 0, 0, 1, 0];

    private readonly SegmentPool _buffers = new();
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly TlsContext _tls = SeededCertificate.CreateContext();
    private readonly FakeClock _clock = new();
    private readonly SeededWorker _worker;
    private readonly byte[] _taken = new byte[1024];

    public SocketEndTests()
    {
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Tls = _tls,
            Fetches = new FetchTable(SceneFetches.Of(_cache, _pool)),
            CreateOrigin = static _ => new HeldOrigin(),
        };
        var backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults(), _clock);
        _worker = new SeededWorker(0, backend, settings);
    }

    public void Dispose()
    {
        _worker.Dispose();
        _tls.Dispose();
        _cache.Dispose();
        _pool.Dispose();
        _buffers.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_sends_no_PROXY_header_is_reset(bool tls)
    {
        var socket = Connect(tls, proxied: true);
        socket.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);

        TurnUntil(() => socket.IsClosed);

        Assert.True(socket.IsReset);
        CheckNothingIsLeft();
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_peer_that_leaves_before_it_could_ask_is_reset(bool tls, bool proxied)
    {
        var socket = Connect(tls, proxied);
        socket.End();

        TurnUntil(() => socket.IsClosed);

        Assert.True(socket.IsReset);
        CheckNothingIsLeft();
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_peer_that_takes_too_long_before_it_could_ask_is_reset(bool tls, bool proxied)
    {
        var socket = Connect(tls, proxied);
        if (proxied)
            socket.Write(s_proxied.AsSpan(0, tls ? s_proxied.Length : 5));
        TurnUntil(() => socket.WasAccepted && socket.Unread == 0);
        _clock.Advance(HourNanoseconds);

        TurnUntil(() => socket.IsClosed);

        Assert.True(socket.IsReset);
        Assert.Equal(1, _worker.Worker.Counters.Deadlines);
        CheckNothingIsLeft();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_alert_of_a_failed_handshake_arrives_though_the_peer_sends_on(bool ends)
    {
        var socket = Connect(tls: true, proxied: false);
        socket.Write(s_noHello);
        TurnUntil(() => socket.Deliverable > 0);
        socket.Write("more of what is no TLS"u8);
        TurnUntil(() => socket.Unread == 0);

        Assert.False(socket.IsClosed);
        Assert.True(socket.Take(_taken) > 0);
        Assert.Equal(21, _taken[0]);
        Assert.True(socket.HasEnded);
        if (ends)
            socket.End();
        TurnUntil(() => socket.IsClosed, ends ? 0 : TurnNanoseconds);

        Assert.False(socket.IsReset);
        CheckNothingIsLeft();
    }

    [Fact]
    public void A_socket_whose_alert_is_on_its_way_is_reset_by_an_abort()
    {
        var socket = Connect(tls: true, proxied: false);
        socket.Write(s_noHello);
        TurnUntil(() => socket.HasEnded || socket.Deliverable > 0);

        _worker.Worker.Abort();
        TurnUntil(() => socket.IsClosed);

        Assert.True(socket.IsReset);
        Assert.Equal(0, _worker.Worker.Counters.Open);
    }

    private FakeSocket Connect(bool tls, bool proxied) =>
        _worker.Connect(new ClientPlan { Requests = [], ToTlsPort = tls, ProxyHeader = proxied ? s_proxied : null });

    /// <summary>Lets the loop turn; in no turn has a connection a channel.</summary>
    private void TurnUntil(Func<bool> condition, long nanoseconds = 0)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "the connection doesn't end");
            _worker.Loop.Turn(wait: false);
            _clock.Advance(nanoseconds);
            foreach (var connection in Peek.Elements(_worker.Worker, "_connections"))
                Assert.Equal("Closed", Peek.At(connection, "<Channel>k__BackingField", "_context", "Life", "State")!.ToString());
        }
    }

    private void CheckNothingIsLeft()
    {
        TurnUntil(() => _worker.Worker.Counters.Open == 0);
        EndedLives.Check(_worker.Worker, ConnectionSurvivors.Create());
    }
}
