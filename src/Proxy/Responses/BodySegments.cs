using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>The segments that hold a body, in order. It is a field of its body, never copied; what changes the pieces runs under the body's
/// gate.</summary>
internal struct BodySegments()
{
    // Replaced under the gate, by the producer that adds and by readers that drop; read by any thread.
    private BodyPiece[] _pieces = [];

    // Written by the producer's thread alone, read by any.
    private long _allocatedBytes;

    /// <summary>Bytes of all segments.</summary>
    public readonly long AllocatedBytes => Volatile.Read(in _allocatedBytes);

    /// <summary>The last piece; one without a segment where there is none. The producer asks: readers never drop a piece that has
    /// room.</summary>
    public readonly BodyPiece Last => Volatile.Read(in _pieces) is [.., var last] ? last : default;

    /// <summary>At most <paramref name="maximum"/> contiguous bytes that have arrived.</summary>
    public readonly NativeSlice At(long offset, int maximum)
    {
        ref readonly var piece = ref BodyPiece.Of(Volatile.Read(in _pieces), offset);
        return piece.At(offset, (int)Math.Min(maximum, piece.End - offset));
    }

    /// <summary>Counts a segment that holds no piece.</summary>
    public void CountAllocated(Segment segment) => Volatile.Write(ref _allocatedBytes, _allocatedBytes + segment.Length);

    /// <summary>Adds a segment behind what has arrived. Room that the last piece has left is given up.</summary>
    /// <param name="segment">Its reference passes to the body.</param>
    /// <returns>Its piece.</returns>
    public BodyPiece Add(long available, Segment segment)
    {
        var added = new BodyPiece(available, available + segment.Length, 0, segment);
        Volatile.Write(ref _pieces, [.. BodyPieces.EndAt(_pieces, available), added]);
        CountAllocated(segment);
        return added;
    }

    /// <summary>Adds pieces of another body, which keeps them.</summary>
    /// <returns>Where the bytes end afterwards.</returns>
    public long AddShared(in BodySegments source, ByteSpan span, long available)
    {
        var pieces = BodyPieces.Share(_pieces, available, Volatile.Read(in source._pieces), span, out var end);
        foreach (var piece in pieces.AsSpan(_pieces.Length))
            CountAllocated(piece.Segment);
        Volatile.Write(ref _pieces, pieces);
        return end;
    }

    /// <summary>Gives pieces back in which nothing has arrived.</summary>
    public void DropUnused(long available)
    {
        var used = _pieces.Length;
        while (used > 0 && _pieces[used - 1].Start >= available)
            used--;
        foreach (var unused in _pieces.AsSpan(used))
        {
            Volatile.Write(ref _allocatedBytes, _allocatedBytes - unused.Segment.Length);
            unused.Segment.Release();
        }

        Volatile.Write(ref _pieces, _pieces[..used]);
    }

    /// <summary>Gives pieces back that lie before a byte.</summary>
    public void Drop(long needed)
    {
        if (BodyPieces.TryDrop(_pieces, needed, out var left))
            Volatile.Write(ref _pieces, left);
    }
}
