using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A worker on the kernel's sockets with an origin behind it, whose callbacks can be made to throw.</summary>
internal sealed class FaultScene : IAsyncDisposable
{
    private const long PoolBytes = 8 << 20;
    public const string Chunks = "one two three ";

    // An exchange that is given up ends on threads of its own, which may have to wait for a processor.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<TlsEngine, Lazy<TlsContext>> s_tls = new();

    private readonly SegmentPool _pool = new(PoolBytes);
    private readonly SegmentShortage _shortage;
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly WireOrigin _origin;
    private readonly FetchTable _fetches;
    private readonly Worker _worker;
    private readonly FaultedLoopThread _thread;
    private readonly int _rentedAtRest;
    private readonly List<IPEndPoint> _addresses = [];

    /// <param name="hasResponder">Requests are answered as those of operators are, without cache and origin.</param>
    /// <param name="connections">How many there may be; near the limit each is accepted by a call.</param>
    /// <param name="plan">Armed already, where something is to go wrong at the start.</param>
    public FaultScene(
        BackendChoice backend, DeadlineOptions? deadlines = null, bool hasResponder = false, ConnectionLimit? connections = null,
        FaultPlan? plan = null, TlsEngine engine = TlsEngine.OpenSsl)
    {
        Plan = plan ?? new FaultPlan();
        _shortage = new SegmentShortage(_pool);
        Plan.OnShortage = BeginShortage;
        Faults = new FaultLedger { Point = Plan.Pass };
        // No connection to the origin rests: at rest nothing may be open.
        _origin = new WireOrigin(ServeAsync, options => options with { ConnectionAgeMax = TimeSpan.Zero });
        _fetches = _origin.CreateTable(_cache, _pool, Faults);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = _fetches,
            CreateOrigin = CreateOrigin,
            Connections = connections ?? new ConnectionLimit(int.MaxValue),
            Tls = s_tls.GetOrAdd(engine, static kind => new(() => SeededCertificate.CreateContext(kind))).Value,
            Faults = Faults,
            Responder = hasResponder ? new FaultingResponder(Plan) : null,
            Deadlines = deadlines ?? new DeadlineOptions(),
        };
        _rentedAtRest = _pool.RentedSegments;
        _worker = new Worker(0, settings, [
            Listen(new ListenerTraits(IsTls: false)),
            Listen(new ListenerTraits(IsTls: true, HasProxyHeader: true)),
        ]);
        _thread = new FaultedLoopThread(backend, Plan, Faults, _worker);
    }

    public FaultPlan Plan { get; }

    public HeadGate Heads { get; } = new();

    public FaultLedger Faults { get; }

    public Worker Worker => _worker;

    public IPEndPoint Plain => _addresses[0];

    /// <summary>TLS behind a header of the PROXY protocol.</summary>
    public IPEndPoint Introduced => _addresses[1];

    /// <summary>Turns the loop until it and all that it has begun are at rest: no client, no exchange.</summary>
    public async Task RestAsync()
    {
        var clock = Stopwatch.StartNew();
        while (_worker.Counters.Open > 0 || _fetches.InFlight > 0)
        {
            var left = $"{_worker.Counters.Open} stay open, {_fetches.InFlight} in flight";
            Assert.True(clock.Elapsed < s_patience, $"{Plan.FaultedAt}: {left}");
            await Task.Yield();
            await _thread.DoAsync(() => { });
        }
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void EndFault()
    {
        Plan.Disarm();
        _shortage.End();
    }

    /// <summary>Turns the loop until a fault that was thrown has been counted: a point behind a callback may throw after the rest is
    /// seen.</summary>
    public async Task CountedAsync(long faults)
    {
        var clock = Stopwatch.StartNew();
        while (Faults.Count < faults)
        {
            Assert.True(clock.Elapsed < s_patience, $"{Plan.FaultedAt}: the fault was never counted");
            await Task.Yield();
            await _thread.DoAsync(() => { });
        }
    }

    /// <summary>Nothing is stored any more.</summary>
    public void Forget() => _fetches.Clear();

    /// <summary>The worker keeps no segment for what it sends next.</summary>
    public Task EmptyStockAsync() => _thread.DoAsync(_worker.Segments.Clear);

    /// <summary>What was rented is back, and what was opened is closed.</summary>
    public async Task CheckNothingIsLeftAsync(string after)
    {
        Forget();
        await EmptyStockAsync();
        Assert.True(_thread.Backend.WronglyClosed.IsEmpty, $"{after}: a descriptor was closed twice");
        Assert.True(_thread.Backend.OpenDescriptors == 0, $"{after}: {_thread.Backend.OpenDescriptors} descriptors stay open");
        var pending = _worker.Loop.PendingOperations;
        Assert.True(pending <= _addresses.Count, $"{after}: {pending} operations stay pending");
        Assert.True(_worker.HandshakeGate.Held == 0, $"{after}: {_worker.HandshakeGate.Held} handshakes hold memory");
        var rented = _pool.RentedSegments - _rentedAtRest;
        Assert.True(rented == 0, $"{after}: {rented} segments aren't given back");
        Assert.True(_fetches.Services.Arriving.Bytes == 0, $"{after}: {_fetches.Services.Arriving.Bytes} bytes count as arriving");
    }

    public async ValueTask DisposeAsync()
    {
        _thread.Dispose();
        _worker.Dispose();
        await _origin.DisposeAsync();
        _cache.Dispose();
        _pool.Dispose();
    }

    private RingOrigin CreateOrigin(EventLoop loop)
    {
        var (options, time) = (_origin.Options, TimeProvider.System);
        var addresses = new OriginAddresses(options.Host, options.Port, time, lookUp: null, Faults);
        return new RingOrigin(new RingServices { Loop = loop, Memory = _pool, Options = options }, addresses, connectionsMax: 16);
    }

    private void BeginShortage()
    {
        // What the worker keeps would do for a while; its stock is its thread's.
        if (_thread.IsCurrent)
            _worker.Segments.Clear();
        _shortage.Begin();
    }

    private (int Descriptor, ListenerTraits Traits) Listen(ListenerTraits traits)
    {
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(Errno.None, new SocketCalls().Listen(any, new ListenOptions(), out var listener, out var address));
        _addresses.Add(address);
        return (listener, traits);
    }

    private static ReadOnlySpan<byte> Head =>
        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Hints => "HTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n"u8;

    /// <summary>GET is answered by hints, and in three chunks with a trailer once the client has the head; POST when its body is whole.
    /// </summary>
    private async Task ServeAsync(int number, OriginStream stream, CancellationToken end)
    {
        while (await WireOrigin.ReadHeadAsync(stream, end) is { } head)
        {
            if (head.StartsWith("POST", StringComparison.Ordinal))
            {
                await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), end);
                await stream.ReadExactlyAsync(new byte[Chunks.Length], end);
                var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {Chunks.Length}\r\n\r\n{Chunks}";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), end);
                continue;
            }

            await stream.WriteAsync((byte[])[.. Hints, .. Head], end);
            await Heads.Opened.WaitAsync(end);
            foreach (var word in Chunks.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{word.Length + 1:x}\r\n{word} \r\n"), end);
            await stream.WriteAsync("0\r\nX-Sum: 1\r\n\r\n"u8.ToArray(), end);
        }
    }
}
