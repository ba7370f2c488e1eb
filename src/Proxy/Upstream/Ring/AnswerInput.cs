using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Bytes of an answer that can't be used yet: a head that isn't whole, or what has come while the sink waits. It holds memory only
/// while there are such bytes, or while a receive fills it. A life of one attempt.</summary>
internal struct AnswerInput(SegmentPool pool)
{
    /// <summary>Bytes of its memory (64 KiB): a head of an answer fits.</summary>
    public const int Bytes = 64 * 1024;

    private Segment? _segment;
    private int _start;
    private int _end;

    /// <summary>The bytes held.</summary>
    public readonly ReadOnlySpan<byte> Held => _segment is null ? default : _segment.Memory.Span[_start.._end];

    public readonly bool IsEmpty => _start == _end;

    /// <summary>Takes memory, unless it has some.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryRent()
    {
        if (_segment is null)
            (_segment, _start, _end) = (pool.TryRent(Bytes), 0, 0);
        return _segment is not null;
    }

    /// <summary>Room for more, behind what is held; empty where it is full.</summary>
    public NativeSlice Room()
    {
        if (_start > 0)
        {
            Held.CopyTo(_segment!.Memory.Span);
            (_start, _end) = (0, _end - _start);
        }

        return _segment!.Memory.Slice(_end, Bytes - _end);
    }

    /// <summary>Bytes have been received into <see cref="Room"/>.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>Adds bytes from elsewhere.</summary>
    /// <returns>False where they find no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (!TryRent())
            return false;
        var room = Room();
        if (room.Length < bytes.Length)
            return false;
        bytes.CopyTo(room.Span);
        Commit(bytes.Length);
        return true;
    }

    public void Consume(int count) => _start += count;

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        _segment?.Release();
        (_segment, _start, _end) = (null, 0, 0);
    }
}
