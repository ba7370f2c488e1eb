using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>The segments that hold a body, in order. It is a field of its body, never copied; what changes the pieces runs under the body's
/// gate.</summary>
internal struct BodySegments
{
    // The one segment whose bytes are the body's from its first to its last, as nearly all stored bodies have it; otherwise an array of
    // pieces, which is never written; null for none. Replaced under the gate, by the producer that adds and by readers that drop; read by
    // any thread.
    private object? _held;

    // Written by the producer's thread alone, read by any.
    private long _allocatedBytes;

    /// <summary>Bytes of all segments.</summary>
    public readonly long AllocatedBytes => Volatile.Read(in _allocatedBytes);

    /// <summary>The last piece; one without a segment where there is none. The producer asks: readers never drop a piece that has
    /// room.</summary>
    public readonly BodyPiece Last => Volatile.Read(in _held) switch
    {
        Segment only => BodyPiece.All(only),
        BodyPiece[] pieces => pieces[^1],
        _ => default,
    };

    private readonly BodyPiece[] Pieces => Volatile.Read(in _held) switch
    {
        Segment only => [BodyPiece.All(only)],
        BodyPiece[] pieces => pieces,
        _ => [],
    };

    /// <summary>At most <paramref name="maximum"/> contiguous bytes that have arrived.</summary>
    public readonly NativeSlice At(long offset, int maximum)
    {
        var held = Volatile.Read(in _held);
        if (held is Segment only)
            return only.Memory.Slice((int)offset, (int)Math.Min(maximum, only.Length - offset));
        ref readonly var piece = ref BodyPiece.Of((BodyPiece[])held!, offset);
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
        if (_held is null && available == 0)
            Volatile.Write(ref _held, segment);
        else
            Hold([.. BodyPieces.EndAt(Pieces, available), added]);
        CountAllocated(segment);
        return added;
    }

    /// <summary>Adds pieces of another body, which keeps them.</summary>
    /// <returns>Where the bytes end afterwards.</returns>
    public long AddShared(in BodySegments source, ByteSpan span, long available)
    {
        var before = Pieces;
        var pieces = BodyPieces.Share(before, available, source.Pieces, span, out var end);
        foreach (var piece in pieces.AsSpan(before.Length))
            CountAllocated(piece.Segment);
        Hold(pieces);
        return end;
    }

    /// <summary>Gives pieces back in which nothing has arrived.</summary>
    public void DropUnused(long available)
    {
        var pieces = Pieces;
        var used = pieces.Length;
        while (used > 0 && pieces[used - 1].Start >= available)
            used--;
        foreach (var unused in pieces.AsSpan(used))
        {
            Volatile.Write(ref _allocatedBytes, _allocatedBytes - unused.Segment.Length);
            unused.Segment.Release();
        }

        Hold(pieces[..used]);
    }

    /// <summary>Gives pieces back that lie before a byte.</summary>
    public void Drop(long needed)
    {
        if (_held is Segment only)
        {
            if (needed < only.Length)
                return;
            Volatile.Write(ref _held, null);
            only.Release();
        }
        else if (BodyPieces.TryDrop(Pieces, needed, out var left))
        {
            Hold(left);
        }
    }

    private void Hold(BodyPiece[] pieces) => Volatile.Write(ref _held, pieces switch
    {
        [] => null,
        [var only] when only == BodyPiece.All(only.Segment) => only.Segment,
        _ => pieces,
    });
}
