using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Costs;

/// <summary>What the meters of one measurement share: a loop on the calling thread, and memory as responses have it.</summary>
internal sealed class MeterMemory : IDisposable
{
    // As a hit's, with the fields of an ordinary origin.
    private const int HeadBytes = 320;

    private readonly SegmentPool _pool;
    private readonly Segment _head;
    private readonly Segment _body;

    private MeterMemory(SegmentPool pool, Segment head, Segment body)
    {
        _pool = pool;
        _head = head;
        _body = body;
        Stock = new SegmentStock(pool);
        // Pages that nothing was written to are all the same one.
        head.Memory.Span.Fill((byte)'h');
        body.Memory.Span.Fill((byte)'b');
    }

    public SendClock Clock { get; } = new();

    public EventLoop Loop { get; } = new(new SendingBackend());

    public SegmentStock Stock { get; }

    public NativeSlice Head => _head.Memory.Slice(0, HeadBytes);

    /// <summary>Where what was sent is received.</summary>
    public byte[] Received { get; } = new byte[256 * 1024];

    /// <returns>Null when there is no memory.</returns>
    public static MeterMemory? TryCreate(int bodyBytes)
    {
        var pool = new SegmentPool();
        if (pool.TryRent(HeadBytes) is { } head)
        {
            if (pool.TryRent(bodyBytes) is { } body)
                return new MeterMemory(pool, head, body);
            head.Release();
        }

        pool.Dispose();
        return null;
    }

    public NativeSlice Body(int bytes) => _body.Memory.Slice(0, bytes);

    public void Dispose()
    {
        Loop.Dispose();
        Stock.Clear();
        _head.Release();
        _body.Release();
        _pool.Dispose();
    }
}
