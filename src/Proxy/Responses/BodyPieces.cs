using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Makes the pieces of a body out of those before, which other threads may still read: an array is never written.</summary>
internal static class BodyPieces
{
    private const int FirstLength = 4096;

    // A piece of a body of unknown length is at most this large a part of what precedes it, so that at most an eighth is wasted.
    private const int GrowthDivisor = 8;

    // Those of a window are dropped one by one: several make it up, so that it moves in steps.
    private const int WindowPieceMaximum = 256 * 1024;
    private const int WindowPieces = 4;

    /// <summary>Bytes of the piece that comes next.</summary>
    /// <param name="start">Bytes that are there.</param>
    /// <param name="total">Bytes of the whole body where they are known.</param>
    /// <param name="window">Bytes that are held at once; null for all.</param>
    /// <param name="coming">Bytes that are about to come: room for them is no waste.</param>
    public static int NextLength(long start, long? total, int? window, int coming)
    {
        var wanted = total is { } known
            ? Math.Min(known - start, SegmentPool.LargestSegment)
            : Math.Min(Math.Max(Math.Max(FirstLength, coming), start / GrowthDivisor), SegmentPool.LargestSegment / 4);
        return (int)(window is { } held ? Math.Min(wanted, Math.Min(WindowPieceMaximum, held / WindowPieces)) : wanted);
    }

    /// <summary>Bytes that go into the last piece; 0 where the next comes in a piece of its own. A rest too small for what is coming is
    /// left: it would be published, and so sent, apart from it.</summary>
    /// <param name="available">Bytes that are there.</param>
    /// <param name="total">Bytes of the whole body where they are known.</param>
    /// <param name="coming">Bytes that are about to come.</param>
    public static int RoomIn(in BodyPiece last, long available, long? total, int coming)
    {
        var rest = last.End - available;
        var isScrap = total is null && rest < coming && rest <= (last.End - last.Start) / GrowthDivisor;
        return last.Segment is null || isScrap ? 0 : (int)Math.Min(rest, coming);
    }

    /// <summary>Pieces whose last one has no more room.</summary>
    /// <param name="end">Where their bytes end.</param>
    public static BodyPiece[] EndAt(BodyPiece[] pieces, long end) =>
        pieces is [.. var before, var last] && last.End > end ? [.. before, last with { End = end }] : pieces;

    /// <summary>Adds pieces of another body. Nothing is copied: both hold the segments.</summary>
    /// <param name="end">Where the body's own bytes end.</param>
    /// <param name="span">Bytes of the other that are added.</param>
    /// <param name="newEnd">Where the bytes end afterwards.</param>
    /// <returns>As many as before, and behind them those added.</returns>
    public static BodyPiece[] Share(
        BodyPiece[] own, long end, ReadOnlySpan<BodyPiece> other, ByteSpan span, out long newEnd)
    {
        // What is left of the last segment would lie between.
        List<BodyPiece> pieces = [.. EndAt(own, end)];
        newEnd = end;
        foreach (var piece in other)
        {
            var start = Math.Max(piece.Start, span.Start);
            var length = Math.Min(piece.End, span.End) - start;
            if (length <= 0)
                continue;
            piece.Segment.Retain();
            pieces.Add(new BodyPiece(newEnd, newEnd + length, (int)(start - piece.Start) + piece.Skipped, piece.Segment));
            newEnd += length;
        }

        return [.. pieces];
    }

    /// <summary>Gives pieces back that lie before a byte.</summary>
    /// <returns>False where there are none.</returns>
    public static bool TryDrop(BodyPiece[] pieces, long needed, out BodyPiece[] left)
    {
        var dropped = 0;
        while (dropped < pieces.Length && pieces[dropped].End <= needed)
            pieces[dropped++].Segment.Release();
        left = dropped > 0 ? pieces[dropped..] : pieces;
        return dropped > 0;
    }
}
