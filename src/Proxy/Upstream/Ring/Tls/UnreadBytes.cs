using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Bytes that a channel has opened and that nobody has asked for yet. It holds memory only while there are such bytes. A life of
/// one connection.</summary>
internal sealed class UnreadBytes(SegmentPool pool)
{
    private Segment? _segment;
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    /// <summary>Takes all bytes out. They stay where they are until the next <see cref="TryAdd"/> or <see cref="Release"/>.</summary>
    public ReadOnlySpan<byte> Take()
    {
        var bytes = _segment is null ? default : _segment.Memory.Span[_start.._end];
        _start = _end;
        return bytes;
    }

    /// <summary>The last bytes of those taken out weren't used.</summary>
    public void PutBack(int count) => _start = _end - count;

    /// <returns>False where there is no memory for them.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if ((_segment?.Length ?? 0) - _end < bytes.Length && !TryMove(bytes.Length))
            return false;
        bytes.CopyTo(_segment!.Memory.Span[_end..]);
        _end += bytes.Length;
        return true;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _segment?.Release();
        (_segment, _start, _end) = (null, 0, 0);
    }

    /// <summary>Moves to memory with room for more.</summary>
    private bool TryMove(int added)
    {
        var length = _end - _start;
        // The channel is paused by now: what still comes is what the loop's buffers hold, which is less.
        var larger = length + added > SegmentPool.LargestSegment
            ? null : pool.TryRent(Math.Min(2 * (length + added), SegmentPool.LargestSegment));
        if (larger is null)
            return false;
        _segment?.Memory.Span[_start.._end].CopyTo(larger.Memory.Span);
        _segment?.Release();
        (_segment, _start, _end) = (larger, 0, length);
        return true;
    }
}
