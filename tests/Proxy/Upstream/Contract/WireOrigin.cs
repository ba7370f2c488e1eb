using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>An origin on a port of its own that says what a test has written down, byte by byte.</summary>
internal sealed class WireOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private readonly Func<int, OriginStream, CancellationToken, Task> _serve;
    private readonly OriginKind _kind;
    private readonly bool _isRaw;
    private readonly OriginUnderTest _client;
    private int _connections;

    /// <param name="serve">Gets the number of the connection, from 0.</param>
    public WireOrigin(
        Func<int, OriginStream, CancellationToken, Task> serve, Func<OriginOptions, OriginOptions>? change = null,
        FaultLedger? faults = null)
        : this(OriginKind.Epoll, serve, change, faults)
    {
    }

    /// <param name="kind">What sends requests to it.</param>
    /// <param name="serve">Gets the number of the connection, from 0.</param>
    /// <param name="isRaw">The origin has no TLS, whatever its client has.</param>
    public WireOrigin(
        OriginKind kind, Func<int, OriginStream, CancellationToken, Task> serve, Func<OriginOptions, OriginOptions>? change = null,
        FaultLedger? faults = null, SteppedTime? time = null, bool isRaw = false)
    {
        _serve = serve;
        _isRaw = isRaw;
        _kind = kind;
        _listener.Start();
        var options = new OriginOptions { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port };
        Options = change is null ? options : change(options);
        _client = OriginUnderTest.Create(kind, Options, time, faults);
        _accepting = AcceptAsync();
    }

    /// <summary>Answers each request of each connection alike, and then ends the connection if it is said to.</summary>
    public static WireOrigin Answering(
        OriginKind kind, string answer, bool closes = true, Func<OriginOptions, OriginOptions>? change = null) => new(
        kind,
        async (_, stream, end) =>
        {
            while (await ReadHeadAsync(stream, end) is not null)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), end);
                if (closes)
                    return;
            }
        },
        change);

    public OriginOptions Options { get; }

    /// <summary>The way to it, for requests that something else sends.</summary>
    public OriginRoute Route => new(Options);

    /// <summary>What sends to it.</summary>
    public IOrigin Origin => _client.Origin;

    /// <summary>A table of fetches, all of which ask it.</summary>
    public FetchTable CreateTable(ResponseCache cache, SegmentPool pool, FaultLedger? faults = null) => new(new FetchServices
    {
        Cache = cache,
        Policy = new CachePolicy(),
        Pool = pool,
        Router = new SingleOrigin(Options),
        ObjectMaximum = 100_000,
        Faults = faults ?? FaultLedger.Passing,
    });

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sends a request; what comes of it is in the result.</summary>
    public RecordingSink Send(OriginRequest request, int waitAfter = int.MaxValue)
    {
        var sink = new RecordingSink(waitAfter);
        Origin.Start(request, sink);
        return sink;
    }

    /// <summary>The head of a request with its empty line; null when the connection has ended.</summary>
    public static async Task<string?> ReadHeadAsync(Stream stream, CancellationToken end)
    {
        var head = new List<byte>();
        var octet = new byte[1];
        while (await stream.ReadAsync(octet, end) == 1)
        {
            head.Add(octet[0]);
            if (head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
                return Encoding.Latin1.GetString([.. head]);
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _client.Dispose();
        // A listener that has stopped lets nobody begin to accept.
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_serving);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // The test is over.
            return;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        // An answer behind the tickets of TLS 1.3 would wait for their acknowledgement, and a reset would take it back.
        socket.NoDelay = true;
        var plain = new NetworkStream(socket, ownsSocket: true);
        Stream bytes = plain;
        try
        {
            if (TlsOrigin.IsTls(_kind) && !_isRaw)
                bytes = await TlsOrigin.AcceptAsync(plain, _kind, _end.Token);
            using var stream = new OriginStream(bytes, socket);
            await _serve(Interlocked.Increment(ref _connections) - 1, stream, _end.Token);
            await stream.EndAsync();
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ObjectDisposedException
            or AuthenticationException)
        {
            // The test is over, or the client has left.
            return;
        }
        finally
        {
            await bytes.DisposeAsync();
        }
    }
}
