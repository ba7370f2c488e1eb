using System.Net;
using System.Text;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

/// <summary>An origin on a fake back end, all on the test's thread: the test plays the origin's side of each connection.</summary>
internal sealed class RingScene : IDisposable
{
    private const int TurnsMaximum = 5_000;

    private readonly SegmentPool _buffers = new();
    private readonly FakeOrigin _listener;

    /// <param name="point">Called before and after each callback; it may throw.</param>
    /// <param name="hasSiblings">The server is one of several.</param>
    public RingScene(
        OriginOptions options, Action<string, IFaultDomain?>? point = null, long memoryMaximum = long.MaxValue, bool hasSiblings = false)
    {
        Memory = new SegmentPool(memoryMaximum);
        var network = new FakeNetwork();
        _listener = network.Listen(new IPEndPoint(IPAddress.Loopback, options.Port));
        Backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults(), Clock, network);
        Ledger = new FaultLedger() { Point = point };
        Loop = new EventLoop(Backend, 0, Ledger);
        Loop.ReadClock();
        var services = new RingServices { Loop = Loop, Memory = Memory, Options = options, HasSiblings = hasSiblings };
        Origin = new RingOrigin(services, new OriginAddresses(options.Host, options.Port, TimeProvider.System), options.ConnectionsMax);
    }

    public static OriginOptions Options { get; } = new() { Host = "127.0.0.1", Port = 8081 };

    public FakeClock Clock { get; } = new();

    public FakeBackend Backend { get; }

    /// <summary>Where heads and held input are.</summary>
    public SegmentPool Memory { get; }

    public FaultLedger Ledger { get; }

    public EventLoop Loop { get; }

    public RingOrigin Origin { get; }

    /// <summary>Sends a request; what comes of it is in the result.</summary>
    public RecordingSink Send(OriginRequest request)
    {
        var sink = new RecordingSink();
        Origin.Start(request, sink);
        return sink;
    }

    /// <summary>Time passes, and what is due by then happens.</summary>
    public void Advance(TimeSpan time)
    {
        Clock.Advance(time.Ticks * 100);
        Turn();
    }

    /// <summary>How many connections the origin was asked for.</summary>
    public int Connects => _listener.Connects;

    /// <summary>Takes the next connection, on the origin's side.</summary>
    public FakeSocket Accept()
    {
        FakeSocket? socket = null;
        TurnUntil(() => _listener.TryAccept(out socket));
        return socket!;
    }

    /// <summary>Receives a request.</summary>
    /// <param name="body">What it ends with.</param>
    public string ReadRequest(FakeSocket socket, string body = "")
    {
        var head = new StringBuilder();
        var bytes = new byte[4096];
        TurnUntil(() =>
        {
            head.Append(Encoding.Latin1.GetString(bytes, 0, socket.Take(bytes)));
            return head.ToString().EndsWith("\r\n\r\n" + body, StringComparison.Ordinal);
        });
        return head.ToString();
    }

    /// <summary>Sends bytes of an answer, all of which the proxy receives.</summary>
    public void Write(FakeSocket socket, string text)
    {
        Assert.Equal(text.Length, socket.Write(Encoding.Latin1.GetBytes(text)));
        TurnUntil(() => socket.Unread == 0);
        Turn();
    }

    public void TurnUntil(Func<bool> isOver)
    {
        for (var turns = 0; !isOver(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "It doesn't come to an end.");
            Loop.Turn();
        }
    }

    /// <summary>Some turns, in which whatever is due happens.</summary>
    public void Turn()
    {
        for (var turns = 0; turns < 10; turns++)
            Loop.Turn(wait: false);
    }

    /// <summary>Ends the origin. Nothing may be left then.</summary>
    public void End()
    {
        var ends = 0;
        Loop.Post(new Ending(() => Origin.End(() => ends++)));
        TurnUntil(() => ends > 0 && Loop.PendingOperations == 0);
        Turn();
        Assert.Equal(1, ends);
        Assert.Equal((0, 0, 0), (Backend.OpenDescriptors, Loop.ArmedDeadlines, Memory.RentedSegments));
    }

    public void Dispose()
    {
        Loop.Dispose();
        Memory.Dispose();
        _buffers.Dispose();
    }

    private sealed class Ending(Action end) : IPosted
    {
        public void Run() => end();

        public void OnFault() => throw new InvalidOperationException("The end has met a fault.");
    }
}
