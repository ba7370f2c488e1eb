using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Trailers as they go out, each line with its CRLF, in native memory.</summary>
internal sealed class TrailerLines
{
    private TrailerLines(Segment segment, int length)
    {
        Segment = segment;
        Lines = segment.Memory.Slice(0, length);
    }

    /// <summary>What holds the lines; whoever made them releases it.</summary>
    public Segment Segment { get; }

    /// <summary>The bytes of all lines.</summary>
    public NativeSlice Lines { get; }

    /// <returns>Null where there are none, or no memory for them.</returns>
    public static TrailerLines? TryMake(SegmentPool pool, FieldTable fields)
    {
        var length = 0;
        for (var i = 0; i < fields.Count; i++)
            length += fields.Name(i).Length + fields.Value(i).Length + ": \r\n".Length;
        if (length == 0 || pool.TryRent(length) is not { } segment)
            return null;
        var writer = new HeadWriter(segment.Memory.Span);
        for (var i = 0; i < fields.Count; i++)
            writer.Field(fields.Name(i), fields.Value(i));
        return new TrailerLines(segment, writer.Length);
    }
}
