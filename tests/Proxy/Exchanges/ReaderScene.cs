using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>A reader that a writer of HTTP/1.1 pulls from, on a connection of a fake back end whose client takes everything.</summary>
internal sealed class ReaderScene : IDisposable, IRecordChannelOwner, IResponseOwner, IBodyReaderOwner
{
    private const int TurnsMaximum = 1_000;

    private readonly SegmentPool _buffers = new();
    private readonly EventLoop _loop;
    private readonly RecordChannel _channel;
    private readonly FakeSocket _socket;
    private readonly Response _response;
    private readonly ResponseWriter _writer;
    private readonly byte[] _taken = new byte[4096];
    private int _sends;

    /// <param name="head">That of the origin; null for a short one of our own.</param>
    public ReaderScene(SegmentPool pool, Body body, ResponseHead? head = null)
    {
        var backend = new FakeBackend(new Random(1), _buffers, new FakeKernel(), new FakeFaults());
        _loop = new EventLoop(backend);
        var segments = new SegmentStock(pool);
        _channel = new RecordChannel(_loop, new ChannelOptions(), segments, new KtlsCounters(), new ChannelScratch());
        Reader = new BodyReader(_loop, pool, this);
        _writer = new ResponseWriter(_channel, segments, Reader, this, ReadOnlyMemory<byte>.Empty);
        _response = new Response(head ?? new ResponseHead { Status = 200 }, body, isLocal: head is null);
        _socket = backend.Open(out var descriptor);
        _channel.StartPlaintext(descriptor, this);
    }

    public BodyReader Reader { get; }

    public bool IsWithinMessage => true;

    public bool MayCut { get; set; }

    public bool IsCut { get; private set; }

    /// <summary>Lets the loop do what was posted.</summary>
    public void Turn() => _loop.Turn(wait: false);

    /// <summary>Begins to send several parts, as one of the body's readers.</summary>
    public void Start(params ByteSpan[] parts)
    {
        _response.Body.AddReader(Reader);
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
        _writer.OnSent();
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

    public void OnResponseSent()
    {
    }

    public void OnResponseCut()
    {
        Assert.True(MayCut, "the response is cut");
        IsCut = true;
    }

    public void OnBodyProgress() => _writer.GoOn();

    public void Dispose()
    {
        _channel.Abort();
        for (var turns = 0; _loop.PendingOperations > 0 && turns < TurnsMaximum; turns++)
            _loop.Turn();
        _writer.Release();
        Reader.Release();
        _loop.Dispose();
        _buffers.Dispose();
    }

    private void Start(in ResponsePart part)
    {
        var terms = new ResponseTerms(
            HttpVersion.Http11, KeepAlive: true, AcceptsTrailers: false, AddedFields: default, UnixSeconds: 0);
        Reader.Hold(_response, isReader: true);
        Assert.True(Reader.TryBegin(part, isBodyWanted: true));
        Assert.True(_writer.TryStart(part, terms, CacheNote.Own(CacheReason.OwnAnswer)));
    }
}
