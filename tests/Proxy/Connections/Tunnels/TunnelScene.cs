using System.Net;
using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Tunnels;

/// <summary>One connection of a client without TLS, and an origin on the same loop of a fake back end; a test plays both ends.</summary>
internal sealed class TunnelScene : IConnectionHost, IDisposable
{
    // RFC 6455, section 1.3.
    public const string Offer =
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat, news\r\n\r\n";

    public const string Acceptance =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

    private const int TurnsMaximum = 200_000;
    private const int QuietTurns = 40;

    private readonly SegmentPool _pool = new();
    private readonly SegmentPool _originPool = new();
    private readonly SegmentStock _stock;
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly FakeBackend _backend;
    private readonly FakeOrigin _listener;
    private readonly EventLoop _loop;
    private readonly RingOrigin _origin;
    private readonly Connection _connection;
    private readonly int _ownSegments;
    private Exception? _fault;
    private ulong _lastDigest;
    private int _quiet;

    /// <param name="buffers">Where receive buffers come from.</param>
    public TunnelScene(
        int seed, SegmentPool buffers, FakeKernel? kernel = null, FakeFaults? faults = null, TunnelOptions? tunnels = null,
        TunnelLimit? limit = null)
    {
        Random = new Random(seed);
        var options = new OriginOptions { Host = "127.0.0.1", Port = 8081 };
        var network = new FakeNetwork();
        _listener = network.Listen(new IPEndPoint(IPAddress.Loopback, options.Port));
        _backend = new FakeBackend(Random, buffers, kernel ?? new FakeKernel(), faults ?? new FakeFaults(), Clock, network);
        Faults = new FaultLedger((_, fault) => _fault ??= fault);
        _loop = new EventLoop(_backend, 0, Faults);
        _loop.ReadClock();
        var time = new ScheduleTime(Clock);
        var services = new RingServices { Loop = _loop, Memory = _originPool, Options = options, Time = time };
        _origin = new RingOrigin(services, new OriginAddresses(options.Host, options.Port, time), connectionsMax: 1);
        _stock = new SegmentStock(_pool);
        var fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with { Router = new SingleOrigin(options), Faults = Faults });
        Services = SceneServices.Of(
            this, _loop, _stock, _cache, fetches, _origin,
            static connection => new ProtocolSwitch(protocols => new Http1Protocol(connection, ContinueResponse.Shared, protocols)),
            tunnels, limit);
        _ownSegments = _pool.RentedSegments;
        _connection = new Connection(Services);
        Client = _backend.Open(out var descriptor);
        _connection.Start(descriptor, new ListenerTraits(IsTls: false));
    }

    public Random Random { get; }

    public FakeClock Clock { get; } = new();

    public FaultLedger Faults { get; }

    public ConnectionServices Services { get; }

    /// <summary>The client's end of its connection.</summary>
    public FakeSocket Client { get; }

    /// <summary>The origin's end of the connection that was opened last.</summary>
    public FakeSocket Origin { get; private set; } = null!;

    /// <summary>Connections that the origin has accepted.</summary>
    public int Opened { get; private set; }

    /// <summary>The client's connection is over.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What a callback has thrown.</summary>
    public Exception? Fault => _fault;

    /// <summary>Segments that the tunnel holds.</summary>
    public int HeldSegments => _originPool.RentedSegments;

    public bool IsDraining => false;

    public void Return(Connection connection) => IsClosed = true;

    public void Forget(Connection connection) => IsClosed = true;

    /// <summary>Drains the client's connection.</summary>
    public void Drain() => _connection.Drain();

    /// <summary>Cuts it.</summary>
    public void Abort() => _connection.Abort();

    public void Turn()
    {
        _quiet = _backend.Digest == _lastDigest ? _quiet + 1 : 0;
        _lastDigest = _backend.Digest;
        // Where nothing happens, a second passes.
        if (_quiet >= QuietTurns)
            Clock.Advance(1_000_000_000);
        _loop.Turn(wait: false);
        while (_listener.TryAccept(out var socket))
        {
            Origin = socket;
            Opened++;
        }
    }

    /// <summary>Lets the loop turn until something is so.</summary>
    public void TurnUntil(Func<bool> condition)
    {
        for (var turns = 0; !condition(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "Nothing goes on.");
            Turn();
        }
    }

    /// <summary>Turns until nothing happens any more.</summary>
    public void TurnUntilQuiet()
    {
        for (_quiet = 0; _quiet < QuietTurns - 1;)
            Turn();
    }

    /// <summary>Turns until a head has come, or the client's connection is over.</summary>
    /// <returns>The head with its empty line; nothing behind it is taken.</returns>
    public string ReadHead(Func<FakeSocket?> end)
    {
        var head = new StringBuilder();
        var octet = new byte[1];
        TurnUntil(() =>
        {
            while (!EndsHead(head) && end()?.Take(octet) == 1)
                head.Append((char)octet[0]);
            return EndsHead(head) || IsClosed;
        });
        return head.ToString();
    }

    /// <summary>The client asks, and the origin has the request.</summary>
    /// <returns>The request's head as the origin got it.</returns>
    public string Ask(string request = Offer)
    {
        Write(Client, request);
        return ReadHead(() => Opened > 0 ? Origin : null);
    }

    /// <summary>Opens a tunnel; both ends have read the other's head.</summary>
    public void Open()
    {
        Ask();
        Write(Origin, Acceptance);
        Assert.StartsWith("HTTP/1.1 101 ", ReadHead(() => Client), StringComparison.Ordinal);
    }

    /// <summary>Sends the origin a request of its own.</summary>
    public OriginRequest StartAnother()
    {
        var request = OriginRequests.Create("/");
        _origin.Start(request, new RecordingSink());
        return request;
    }

    public static void Write(FakeSocket end, string text) => Assert.Equal(text.Length, end.Write(Encoding.Latin1.GetBytes(text)));

    /// <summary>Takes all that has come to an end.</summary>
    public static string Take(FakeSocket end)
    {
        var bytes = new byte[end.Deliverable];
        return Encoding.Latin1.GetString(bytes, 0, end.Take(bytes));
    }

    /// <summary>Ends the origin, and sees that nothing is left of the connection.</summary>
    public void CheckNothingIsLeft()
    {
        TurnUntil(() => IsClosed);
        var hasEnded = false;
        _origin.End(() => hasEnded = true);
        TurnUntil(() => hasEnded && _loop.PendingOperations == 0);
        _origin.Close();
        _stock.Clear();
        Assert.Equal((0, 0), (_loop.PendingOperations, _loop.ArmedDeadlines));
        Assert.Equal((0, 0), (_backend.OpenDescriptors, _backend.BuffersInUse));
        Assert.Equal((0, _ownSegments), (_originPool.RentedSegments, _pool.RentedSegments));
        Assert.Equal(0, Services.Exchanges.Counters.TunnelsOpen);
        Assert.Equal(0, Services.Exchanges.Fetches.InFlight);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _cache.Dispose();
        _originPool.Dispose();
        _pool.Dispose();
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n";
}
