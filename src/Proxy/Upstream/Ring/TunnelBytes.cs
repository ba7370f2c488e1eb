using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Bytes on their way through a tunnel, in the order they came. The kernel may read the first of them while more are added. Empty,
/// it holds no memory.</summary>
internal sealed class TunnelBytes(SegmentPool pool)
{
    // A record of TLS, which is the most that comes at once.
    private const int SegmentBytes = 16 * 1024;

    private readonly Queue<Segment> _segments = new();
    private Segment? _last;

    // Of the first segment what has been taken, and of the last one what is filled.
    private int _start;
    private int _end;

    /// <summary>Bytes held.</summary>
    public int Length { get; private set; }

    /// <summary>The first of them that lie in one piece; they stay where they are until <see cref="Consume"/>.</summary>
    public NativeSlice First
    {
        get
        {
            var first = _segments.Peek();
            return first.Memory.Slice(_start, (first == _last ? _end : first.Length) - _start);
        }
    }

    /// <summary>Adds a copy of bytes.</summary>
    /// <returns>False where there is no memory for all of them.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if ((_last is null || _end == _last.Length) && !TryGrow(bytes.Length))
                return false;
            var count = Math.Min(bytes.Length, _last!.Length - _end);
            bytes[..count].CopyTo(_last.Memory.Span[_end..]);
            bytes = bytes[count..];
            _end += count;
            Length += count;
        }

        return true;
    }

    /// <summary>Lets go of bytes that have been taken.</summary>
    /// <param name="count">No more than <see cref="First"/> has.</param>
    public void Consume(int count)
    {
        _start += count;
        Length -= count;
        var first = _segments.Peek();
        if (Length > 0 && _start < first.Length)
            return;
        _segments.Dequeue().Release();
        _start = 0;
        if (first == _last)
            _last = null;
    }

    /// <summary>Gives the memory back; the kernel reads none of it any more.</summary>
    public void Release()
    {
        while (_segments.TryDequeue(out var segment))
            segment.Release();
        _last = null;
        (_start, _end, Length) = (0, 0, 0);
    }

    private bool TryGrow(int wanted)
    {
        if (pool.TryRent(Math.Min(wanted, SegmentBytes)) is not { } segment)
            return false;
        _segments.Enqueue(segment);
        (_last, _end) = (segment, 0);
        return true;
    }
}
