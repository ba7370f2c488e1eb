using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Bench.Micro;

/// <summary>Hits over a loopback connection, by a whole worker on the thread of its client: the client's own work is among the time, but
/// nothing else of the machine is, so that two builds can be compared where a load bench is disturbed.</summary>
internal sealed class HitServing(int size, bool tls)
    : Benchmark($"serve a hit of {size:N0} B {(tls ? "over TLS" : "in plaintext")}, client included", size)
{
    private const int QuietMilliseconds = 300;

    // Long past, so that Age has the same number of digits throughout.
    private const long AgeSeconds = 1_000_000;

    private readonly byte[] _received = new byte[256 * 1024];
    private readonly byte[] _request = Requests.Curl("/object/sample");
    private EventLoop? _loop;
    private Socket? _client;
    private Stream? _stream;
    private int _answerBytes;

    public override void Prepare()
    {
        var backend = RingBackend.TryCreate(new RingOptions(), out var failure) ?? throw new InvalidOperationException(failure!.Reason);
        _loop = new EventLoop(backend);
        var worker = MakeWorker();
        worker.Adopt(_loop);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _client.Connect((IPEndPoint)listener.LocalEndpoint);
        var accepted = listener.AcceptSocket();
        accepted.NoDelay = true;
        worker.Accept((int)accepted.Handle, new ListenerTraits(IsTls: tls));
        // The worker closes the descriptor, not the socket that it came with.
        accepted.SafeHandle.SetHandleAsInvalid();
        _stream = new NetworkStream(_client);
        if (tls)
            _stream = WhileServing(() => Secure(_stream));
        _answerBytes = WhileServing(FirstAnswer);
        if (tls)
            _answerBytes = SealedAnswer();
    }

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            _stream!.Write(_request);
            for (var left = _answerBytes; left > 0;)
            {
                _loop!.Turn(wait: false);
                while (left > 0 && _client!.Available > 0)
                    left -= _client.Receive(_received, Math.Min(left, _received.Length), SocketFlags.None);
            }
        }
    }

    /// <summary>Turns the loop while the client does what it has to wait for.</summary>
    private T WhileServing<T>(Func<T> client)
    {
        var work = Task.Run(client);
        while (!work.IsCompleted)
            _loop!.Turn(wait: false);
        return work.GetAwaiter().GetResult();
    }

    /// <summary>Asks once, to learn how long an answer is. A ticket that follows the handshake is read with it.</summary>
    private int FirstAnswer()
    {
        _stream!.Write(_request);
        var length = 0;
        while (_received.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            length += _stream.Read(_received, length, _received.Length - length);
        if (!_received.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException("The object was not in the cache.");
        var whole = _received.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 4 + Bytes;
        while (length < whole)
            length += _stream.Read(_received);
        return whole;
    }

    /// <summary>Asks once more, to learn how long the records of an answer are. From then on nothing is opened: that would be the client's
    /// work.</summary>
    private int SealedAnswer()
    {
        _stream!.Write(_request);
        var length = 0;
        for (var last = Environment.TickCount64; Environment.TickCount64 - last < QuietMilliseconds;)
        {
            _loop!.Turn(wait: false);
            if (_client!.Available == 0)
                continue;
            length += _client.Receive(_received);
            last = Environment.TickCount64;
        }

        return length;
    }

    private static SslStream Secure(Stream stream)
    {
#pragma warning disable CA5359 // The certificate was made a moment ago for this connection.
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        secure.AuthenticateAsClient("localhost");
        return secure;
    }

    private Worker MakeWorker()
    {
        var pool = new SegmentPool();
        var cache = new ResponseCache(long.MaxValue, 10);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var body = new Body(pool, Bytes);
        body.Append(new byte[Bytes]);
        body.Complete();
        var head = new ResponseHead { Status = 200 };
        head.Fields.Add("Content-Type"u8, "application/octet-stream"u8);
        head.Fields.Add("ETag"u8, "\"5f1b3c2a-148710\""u8);
        var request = Requests.Parse(_request);
        request.IsHttps = tls;
        var freshness = new Freshness(now, 1000 * AgeSeconds, 10_000 * AgeSeconds);
        cache.Store(
            CacheKey.Of(request, null), new CacheEntry(head, body, freshness, VaryKey.Of(head, request), false), cache.Permit(), now);
        var fetches = new FetchTable(new FetchServices
        {
            Cache = cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = pool,
            Router = new SingleOrigin(new OriginOptions { Host = "127.0.0.1", Port = 0 }),
            ObjectMaximum = 1 << 30,
        });
        var settings = new WorkerSettings
        {
            Pool = pool,
            Responses = new LocalResponses(pool),
            Cache = cache,
            Fetches = fetches,
            CreateOrigin = static _ => new NoOrigin(),
            Tls = tls ? BenchCertificate.Load() : null,
        };
        return new Worker(0, settings, []);
    }

    private sealed class NoOrigin : IOrigin
    {
        public void Start(OriginRequest request, IOriginSink sink) =>
            throw new InvalidOperationException("The object was not in the cache.");
    }
}
