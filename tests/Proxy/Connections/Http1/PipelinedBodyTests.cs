using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream;
using TlsProxy.Proxy.Tests.Workers;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>A request with a body that was sent while the one before it was waiting for its answer. The test turns the loop.</summary>
public sealed class PipelinedBodyTests : IDisposable
{
    private const int Enough = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SegmentPool _pool = new();
    private readonly HeldOrigin _origin = new();
    private readonly ResponseCache _cache = new(1 << 20, 10);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Worker? _worker;
    private EventLoop? _loop;
    private IPEndPoint? _address;

    public static TheoryData<string, int> Bodies
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var kind in Enum.GetValues<BackendKind>())
                foreach (var length in (int[])[100, 64 * 1024, 100_000, 300_000, 1_000_000])
                    rows.Add(BackendChoice.NameOf(kind), length);
            return rows;
        }
    }

    public void Dispose()
    {
        _loop?.Dispose();
        _worker?.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_body_that_came_before_its_turn_is_read_to_its_end(string kind, int length)
    {
        Start(kind);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(_address!);
        client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        TurnUntil(() => _origin.Sinks.Count == 1, "the first request at the origin");
        var head = Encoding.ASCII.GetBytes($"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        client.Blocking = false;
        var left = head.Length + length;
        var bytes = new byte[left];
        head.CopyTo(bytes, 0);
        // As much as the proxy and the kernel take before the first answer.
        for (var quiet = 0; quiet < Enough; quiet++)
        {
            if (TrySend() > 0)
                quiet = 0;
            _loop!.Turn(wait: false);
        }

        _origin.Answer(0, Messages.Response(200), "body");
        TurnUntil(() => _origin.Sinks.Count == 2, "the second request at the origin");
        var body = _origin.Body(1)!;
        var read = 0;
        var buffer = new byte[16 * 1024];
        Task<int>? reading = null;
        TurnUntil(
            () =>
            {
                TrySend();
                reading ??= body.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask();
                if (!reading.IsCompletedSuccessfully)
                    return false;
                var count = reading.Result;
                reading = null;
                read += Math.Max(count, 0);
                return count <= 0;
            },
            "the end of the body");

        Assert.Equal(length, read);

        int TrySend()
        {
            var sent = left == 0 ? 0 : client.Send(bytes.AsSpan(bytes.Length - left), SocketFlags.None, out _);
            left -= Math.Max(sent, 0);
            return sent;
        }
    }

    private void Start(string kind)
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
        };
        _worker = new Worker(0, settings, [(listener, new ListenerTraits(IsTls: false))]);
        _worker.Adopt(_loop);
    }

    private void TurnUntil(Func<bool> condition, string expectation)
    {
        while (!condition())
        {
            _loop!.Turn(wait: false);
            Assert.True(_clock.Elapsed < Limit, $"{expectation} didn't come");
        }
    }
}
