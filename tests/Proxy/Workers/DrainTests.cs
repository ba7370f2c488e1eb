using System.Net;
using System.Net.Sockets;
using System.Text;
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

/// <summary>The end of a worker on the kernel's sockets. The test turns its loop, so that what happens before the end is known.</summary>
public sealed class DrainTests : IDisposable
{
    private const int Clients = 40;
    private const string Request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    private readonly SegmentPool _pool = new();
    private readonly HeldOrigin _origin = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private Worker? _worker;
    private EventLoop? _loop;
    private IPEndPoint? _address;

    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    public void Dispose()
    {
        _loop?.Dispose();
        _worker?.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Clients_that_connected_before_it_are_answered_though_none_was_accepted_yet(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMinutes(1));
        var clients = Enumerable.Range(0, Clients).Select(_ => Connect(Request)).ToArray();
        _worker!.Drain();
        var answers = clients.Select(ReadToEndAsync).ToArray();

        _loop!.Run();

        Assert.All(await Task.WhenAll(answers), AssertServed);
        Assert.Equal(Clients, _worker.Counters.Accepted);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => Connect(Request)).SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_client_whose_first_request_is_on_its_way_is_answered(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMinutes(1));
        using var client = Connect(string.Empty);
        TurnUntil(() => _worker!.Counters.Open == 1);
        _worker!.Drain();
        TurnUntil(() => _worker.IsDraining);
        client.Send(Encoding.ASCII.GetBytes(Request));
        var answer = ReadToEndAsync(client);

        _loop!.Run();

        AssertServed(await answer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_kept_connection_is_open_for_one_more_request(string kind)
    {
        Start(kind, firstRequest: TimeSpan.Zero, nextRequest: TimeSpan.FromMinutes(1));
        using var client = ConnectKept();
        _worker!.Drain();
        TurnUntil(() => _worker.IsDraining);
        _loop!.Turn(wait: false);
        client.Send(Encoding.ASCII.GetBytes(Request));
        var answer = ReadToEndAsync(client);

        _loop!.Run();

        AssertServed(await answer);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_connection_that_was_told_to_be_kept_as_the_drain_began_is_open_for_one_more_request(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMinutes(1), nextRequest: TimeSpan.FromMinutes(1));
        using var client = Connect("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        TurnUntil(() => _origin.Sinks.Count == 1);
        _origin.Sinks[0].OnHead(Messages.Response(200));
        TurnUntil(() => client.Available > 0);
        _worker!.Drain();
        TurnUntil(() => _worker.IsDraining);
        _origin.Sinks[0].Deliver("body"u8);
        _origin.Sinks[0].OnEnd();
        TurnUntil(() => _worker.Counters.SentBytes > 0);
        client.Send(Encoding.ASCII.GetBytes(Request));
        var answers = ReadToEndAsync(client);

        _loop!.Run();

        var parts = (await answers).Split("body\r\n0\r\n\r\n");
        Assert.Equal(2, parts.Length);
        Assert.DoesNotContain("Connection: close", parts[0], StringComparison.Ordinal);
        AssertServed(parts[1]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_kept_connection_that_asks_nothing_more_ends_when_its_time_is_up(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMinutes(1), nextRequest: TimeSpan.FromMilliseconds(20));
        using var client = ConnectKept();
        _worker!.Drain();
        var rest = ReadToEndAsync(client);

        _loop!.Run();

        Assert.Empty(await rest);
        Assert.Equal(0, _worker.Counters.Deadlines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_client_that_says_nothing_is_let_go_when_its_time_is_up(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMilliseconds(20));
        using var early = Connect(string.Empty);
        TurnUntil(() => _worker!.Counters.Open == 1);
        using var late = Connect(string.Empty);
        _worker!.Drain();
        var rests = new[] { ReadToEndAsync(early), ReadToEndAsync(late) };

        _loop!.Run();

        Assert.All(await Task.WhenAll(rests), Assert.Empty);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void After_an_abort_nobody_is_waited_for(string kind)
    {
        Start(kind, firstRequest: TimeSpan.FromMinutes(1));
        using var accepted = Connect(string.Empty);
        TurnUntil(() => _worker!.Counters.Open == 1);
        using var waiting = Connect(string.Empty);
        _worker!.Drain();
        _worker.Abort();

        _loop!.Run();

        Assert.Equal(0, _worker.Counters.Open);
    }

    private static void AssertServed(string answer)
    {
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nok\n", answer, StringComparison.Ordinal);
    }

    /// <summary>A client whose first request was answered, and whose connection was kept.</summary>
    private Socket ConnectKept()
    {
        var client = Connect(Request);
        TurnUntil(() => client.Available > 0);
        var answer = new byte[client.Available];
        client.Receive(answer);
        Assert.DoesNotContain("Connection: close", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
        return client;
    }

    private void Start(string kind, TimeSpan firstRequest, TimeSpan? nextRequest = null)
    {
        _loop = KernelLoop.Of(kind);
        var listener = KernelLoop.Listen(new ListenOptions(), out _address);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = new FetchTable(SceneFetches.Of(_cache, _pool)),
            CreateOrigin = _ => _origin,
            Deadlines = new DeadlineOptions { FirstWhileDraining = firstRequest, IdleWhileDraining = nextRequest ?? firstRequest },
        };
        _worker = new Worker(0, settings, [(listener, new ListenerTraits(IsTls: false))]);
        _worker.Adopt(_loop);
    }

    /// <summary>Connects, which the kernel does by itself, and sends.</summary>
    private Socket Connect(string text)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_address!);
        socket.Send(Encoding.ASCII.GetBytes(text));
        return socket;
    }

    private void TurnUntil(Func<bool> condition)
    {
        while (!condition())
            _loop!.Turn(wait: false);
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
