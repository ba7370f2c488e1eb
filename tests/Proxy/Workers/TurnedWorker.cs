using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>A worker on the kernel's sockets with an origin that the test answers for. The test turns its loop.</summary>
internal sealed class TurnedWorker : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly List<Socket> _clients = [];
    private readonly EventLoop _loop;
    private readonly IPEndPoint _address;

    public TurnedWorker(string kind, TurnedWorkerOptions? options = null)
    {
        options ??= new TurnedWorkerOptions();
        _loop = KernelLoop.Of(kind);
        var listening = new ListenOptions { SendBufferBytes = options.SendBufferBytes };
        var listener = KernelLoop.Listen(listening, out _address);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Connections = options.Connections,
            Channel = new ChannelOptions { LingerTimeout = options.Linger },
            Deadlines = options.Deadlines,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with { Window = options.Window }),
            CreateOrigin = _ => Origin,
        };
        Worker = new Worker(0, settings, [(listener, new ListenerTraits(IsTls: false))]);
        Worker.Adopt(_loop);
    }

    public Worker Worker { get; }

    public HeldOrigin Origin { get; } = new();

    public long Open => Worker.Counters.Open;

    /// <summary>Deadlines for which its loop would wake.</summary>
    public int ArmedDeadlines => _loop.ArmedDeadlines;

    /// <param name="receiveBuffer">SO_RCVBUF in bytes; 0 leaves it to the kernel.</param>
    public Socket Connect(int receiveBuffer = 0)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            client.ReceiveBufferSize = receiveBuffer;
        _clients.Add(client);
        client.Connect(_address);
        return client;
    }

    /// <summary>Connects, and waits for the answer to a first request, after which the connection is kept.</summary>
    public Socket ConnectKept()
    {
        var client = Connect();
        Ask(client);
        Assert.StartsWith("HTTP/1.1 200", Read(client), StringComparison.Ordinal);
        return client;
    }

    public static void Ask(Socket client) => client.Send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"u8);

    /// <summary>Turns until something has come for a client, and returns it; empty at the end of the connection.</summary>
    public string Read(Socket client)
    {
        TurnUntil(() => client.Poll(0, SelectMode.SelectRead));
        var bytes = new byte[4096];
        return Encoding.ASCII.GetString(bytes, 0, client.Receive(bytes));
    }

    public void Turn(int times)
    {
        for (var i = 0; i < times; i++)
            _loop.Turn(wait: false);
    }

    public void TurnUntil(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            _loop.Turn(wait: false);
            if (clock.Elapsed > s_patience)
                throw new TimeoutException($"{Open} of {Worker.Counters.Accepted} are open, {Worker.Counters.EndedForRoom} made room.");
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        Worker.Drain();
        Worker.Abort();
        _loop.Run();
        _loop.Dispose();
        Worker.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }
}
