using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Bytes of a request's body in native memory, first in first out, up to a capacity. Without bytes it holds no memory, so a slow
/// client costs none. Its owner's lock guards it.</summary>
internal sealed class RequestBodySegments
{
    /// <summary>Bytes of one segment (64 KiB): the largest that shares a mapping with others.</summary>
    public const int SegmentBytes = 64 * 1024;

    /// <summary>Bytes of the segment of a body that is no longer (4 KiB): most are forms and short documents.</summary>
    public const int SmallSegmentBytes = 4 * 1024;

    private readonly SegmentPool _pool;
    private readonly int _capacity;
    private readonly int _segmentBytes;

    // A ring, from the front on. The front may be partly read while the last one is partly written, so there is one more than the capacity
    // needs.
    private readonly Segment?[] _ring;
    private int _front;
    private int _used;

    // Bytes of the front that have been dropped, and bytes of the last segment that have been written.
    private int _start;
    private int _end;

    /// <param name="capacity">The most bytes held.</param>
    public RequestBodySegments(SegmentPool pool, int capacity)
    {
        _pool = pool;
        _capacity = capacity;
        _segmentBytes = capacity <= SmallSegmentBytes ? SmallSegmentBytes : SegmentBytes;
        _ring = new Segment?[((capacity + _segmentBytes - 1) / _segmentBytes) + 1];
    }

    /// <summary>Bytes held.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest bytes, as far as they lie side by side. Only while there are any.</summary>
    public NativeSlice Front => _ring[_front]!.Memory.Slice(_start, FrontEnd - _start);

    private int FrontEnd => _used == 1 ? _end : _segmentBytes;

    /// <summary>Adds bytes.</summary>
    /// <returns>How many there was room and memory for.</returns>
    public int Put(ReadOnlySpan<byte> bytes)
    {
        var room = Math.Min(bytes.Length, _capacity - Count);
        var put = 0;
        while (put < room && TryFindLast() is { } last)
        {
            var part = bytes[put..Math.Min(room, put + _segmentBytes - _end)];
            part.CopyTo(last.Memory.Span[_end..]);
            _end += part.Length;
            put += part.Length;
        }

        Count += put;
        return put;
    }

    /// <summary>Forgets bytes of <see cref="Front"/>, and gives its segment back with the last of them.</summary>
    public void Drop(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Front.Length, nameof(count));
        _start += count;
        Count -= count;
        if (_start == FrontEnd)
            ReleaseFront();
    }

    /// <summary>Forgets all; nothing is put afterwards.</summary>
    /// <param name="keepsFront">The front's memory stays until a second call, since somebody looks at it.</param>
    public void Clear(bool keepsFront)
    {
        Count = 0;
        while (_used > (keepsFront ? 1 : 0))
            ReleaseLast();
    }

    /// <summary>The last segment, with room.</summary>
    private Segment? TryFindLast()
    {
        if (_used > 0 && _end < _segmentBytes)
            return _ring[At(_used - 1)];
        if (_pool.TryRent(_segmentBytes) is not { } added)
            return null;
        _end = 0;
        return _ring[At(_used++)] = added;
    }

    private void ReleaseFront()
    {
        _ring[_front]!.Release();
        _ring[_front] = null;
        _front = At(1);
        _start = 0;
        _used--;
    }

    private void ReleaseLast()
    {
        ref var last = ref _ring[At(--_used)];
        last!.Release();
        last = null;
    }

    private int At(int position) => (_front + position) % _ring.Length;
}
