using TlsProxy.Uring.Memory;

namespace TlsProxy.Testing.Backend;

/// <summary>The receive buffers of the fake back end. A buffer that is given back is overwritten, so that whoever still reads it is found
/// out.</summary>
internal sealed class FakeBufferPool : IDisposable
{
    private const byte Poison = 0xDB;

    private readonly Segment[] _segments;
    private readonly Stack<int> _free = new();
    private readonly int _bytes;

    public FakeBufferPool(SegmentPool pool, int count, int bytes)
    {
        _bytes = bytes;
        _segments = new Segment[count];
        for (var i = 0; i < count; i++)
        {
            _segments[i] = pool.TryRent(bytes) ?? throw new InvalidOperationException("There is no memory for receive buffers.");
            _free.Push(i);
        }
    }

    public int InUse => _segments.Length - _free.Count;

    public bool TryTake(out int id) => _free.TryPop(out id);

    public NativeSlice Memory(int id) => _segments[id].Memory.Slice(0, _bytes);

    public void Return(int id)
    {
        if (_free.Contains(id))
            throw new InvalidOperationException($"Buffer {id} was returned twice.");
        Memory(id).Span.Fill(Poison);
        _free.Push(id);
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Release();
    }
}
