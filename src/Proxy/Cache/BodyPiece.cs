using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Cache;

/// <summary>Bytes of a body in a segment.</summary>
/// <param name="Start">The place of the first in the body.</param>
/// <param name="End">The place behind the last.</param>
/// <param name="Skipped">Bytes of the segment before them, which are of no use to this body.</param>
internal readonly record struct BodyPiece(long Start, long End, int Skipped, Segment Segment)
{
    public NativeSlice At(long offset, int length) => Segment.Memory.Slice((int)(offset - Start) + Skipped, length);
}
