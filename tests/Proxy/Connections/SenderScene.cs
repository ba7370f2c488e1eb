using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Logging;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections;

/// <summary>A sender on a connection of a fake back end whose client takes everything.</summary>
internal sealed class SenderScene : IDisposable, IRecordChannelOwner, IResponseOwner
{
    private const int TurnsMaximum = 1_000;

    private readonly SegmentPool _buffers = new();
    private readonly EventLoop _loop;
    private readonly RecordChannel _channel;
    private readonly FakeSocket _socket;
    private readonly Response _response;
    private readonly byte[] _taken = new byte[4096];
    private int _sends;

    /// <param name="head">That of the origin; null for a short one of our own.</param>
    public SenderScene(SegmentPool pool, Body body, ResponseHead? head = null)
    {
        var backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults());
        _loop = new EventLoop(backend);
        var segments = new SegmentStock(pool);
        _channel = new RecordChannel(_loop, new ChannelOptions(), segments, new KtlsCounters(), new ChannelScratch());
        Sender = new ResponseSender(_loop, _channel, segments, this, ReadOnlyMemory<byte>.Empty);
        var lines = head is null ? "HTTP/1.1 200 OK\r\n"u8.ToArray() : ForwardedHead.Format(head, keepLength: false, keepAge: false);
        _response = new Response(200, lines, hasDate: false, body) { Head = head };
        _socket = backend.Open(out var descriptor);
        _channel.StartPlaintext(descriptor, this);
    }

    public ResponseSender Sender { get; }

    public bool IsWithinMessage => true;

    public bool MayCut { get; set; }

    public bool IsCut { get; private set; }

    /// <summary>Lets the loop do what was posted.</summary>
    public void Turn() => _loop.Turn(wait: false);

    /// <summary>Begins to send several parts, as one of the body's readers.</summary>
    public void Start(params ByteSpan[] parts)
    {
        _response.Body.AddReader(Sender);
        Start(new ResponsePart(206, parts[0].Start, parts[0].Length) { Several = parts });
    }

    /// <summary>Begins to send what follows a byte.</summary>
    public void StartFrom(long first) => Start(new ResponsePart(206, first, 10));

    /// <summary>Lets the loop turn until so many parts have left.</summary>
    public void TurnUntilSent(int parts)
    {
        for (var turns = 0; _sends < parts; turns++)
        {
            Assert.True(turns < TurnsMaximum, "the parts don't leave");
            _socket.Take(_taken);
            _loop.Turn();
        }
    }

    public void OnSent()
    {
        _sends++;
        Sender.OnSent();
    }

    public void OnReceived(ReadOnlySpan<byte> bytes) => Assert.Fail("The client sends nothing.");

    public void OnReceiveEnded() => Assert.Fail("The client sends nothing.");

    public void OnEnding() => Assert.Fail("The peer asks for no keys.");

    public void OnSilent() => Assert.Fail("Nothing is read once more.");

    public void OnFailed(ChannelFailure failure, Errno error) => Assert.Fail($"The connection failed: {failure} {error}.");

    public void OnFault() => Assert.Fail("Nothing throws.");

    public void OnClosed()
    {
    }

    public void OnResponseSent(SentBody body)
    {
    }

    public void OnResponseCut()
    {
        Assert.True(MayCut, "the response is cut");
        IsCut = true;
    }

    public void OnUndecidedProgress() => Assert.Fail("The part is decided.");

    public void Dispose()
    {
        _channel.Abort();
        for (var turns = 0; _loop.PendingOperations > 0 && turns < TurnsMaximum; turns++)
            _loop.Turn();
        Sender.Release();
        _loop.Dispose();
        _buffers.Dispose();
    }

    private void Start(in ResponsePart part)
    {
        var terms = new ResponseTerms(
            HttpVersion.Http11, KeepAlive: true, BodyWanted: true, AcceptsTrailers: false, AddedFields: default, UnixSeconds: 0);
        Sender.Hold(_response, isReader: true);
        Assert.True(Sender.TryStart(part, terms, CacheNote.Own(CacheReason.OwnAnswer)));
    }
}
