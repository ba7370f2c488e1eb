using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Bytes of a body in a segment.</summary>
/// <param name="Start">The place of the first in the body.</param>
/// <param name="End">The place behind the last.</param>
/// <param name="Skipped">Bytes of the segment before them, which are of no use to this body.</param>
internal readonly record struct BodyPiece(long Start, long End, int Skipped, Segment Segment)
{
    /// <summary>A body's first piece, of all bytes of a segment.</summary>
    public static BodyPiece All(Segment segment) => new(0, segment.Length, 0, segment);

    /// <summary>The piece, of those in order, that has a place of the body.</summary>
    public static ref readonly BodyPiece Of(BodyPiece[] pieces, long offset)
    {
        var low = 0;
        var high = pieces.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (pieces[middle].Start <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return ref pieces[low];
    }

    public NativeSlice At(long offset, int length) => Segment.Memory.Slice((int)(offset - Start) + Skipped, length);
}
