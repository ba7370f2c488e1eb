using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <content>Bodies that no producer writes: of no bytes, and of bytes that other bodies hold. Nothing is copied, both hold the
/// segments.</content>
internal sealed partial class Body
{
    // Of bodies of no bytes: a pool of their own would cost each some kilobytes.
    private static readonly SegmentPool NoPool = new(limitBytes: 0);

    /// <summary>A body of no bytes.</summary>
    public static Body Empty()
    {
        var body = new Body(NoPool, 0);
        body.Complete();
        return body;
    }

    /// <summary>A whole body out of parts of others, in their order.</summary>
    /// <param name="parts">Each with the body that holds it and is held itself; at least one.</param>
    public static Body Join(params ReadOnlySpan<(Body Body, ByteSpan Span)> parts)
    {
        var joined = new Body(parts[0].Body._pool, null);
        foreach (var (body, span) in parts)
            joined.AppendShared(body, span);
        joined.Complete();
        return joined;
    }

    /// <summary>Adds bytes that another body holds and keeps; only the producer calls it. What is appended later lies in segments of its own.</summary>
    /// <param name="source">Not limited to a window.</param>
    /// <param name="span">Bytes that are there, be they shown to its readers or not.</param>
    public void AppendShared(Body source, ByteSpan span)
    {
        var available = Available;
        lock (_gate)
        {
            List<BodyPiece> pieces = [.. _pieces];
            // What is left of the last segment would lie between.
            if (pieces.Count > 0)
                pieces[^1] = pieces[^1] with { End = available };
            foreach (var piece in Volatile.Read(ref source._pieces))
            {
                var start = Math.Max(piece.Start, span.Start);
                var length = Math.Min(piece.End, span.End) - start;
                if (length <= 0)
                    continue;
                piece.Segment.Retain();
                CountAllocated(piece.Segment);
                pieces.Add(new BodyPiece(available, available + length, (int)(start - piece.Start) + piece.Skipped, piece.Segment));
                available += length;
            }

            Volatile.Write(ref _pieces, [.. pieces]);
        }

        _progress.Advance(available);
    }
}
