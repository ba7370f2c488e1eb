using TlsProxy.Uring.Memory;

namespace TlsProxy.Bench.Micro;

/// <summary>Taking a buffer to send from and giving it back: from the pool that all workers share, or from a worker's own stock.</summary>
internal sealed class BufferRenting(int size, bool fromStock) : Benchmark($"borrow {size:N0} B from the {(fromStock ? "stock" : "pool")}")
{
    private readonly SegmentPool _pool = new();
    private SegmentStock? _stock;

    public override void Prepare() => _stock = new SegmentStock(_pool);

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            if (fromStock)
                _stock!.Return(_stock.TryRent(size)!);
            else
                _pool.TryRent(size)!.Release();
        }
    }
}
