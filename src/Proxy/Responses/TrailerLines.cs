using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Trailers as they go out, each line with its CRLF, in native memory.</summary>
internal static class TrailerLines
{
    /// <param name="length">Bytes of all lines.</param>
    /// <returns>Null where there are none, or no memory for them.</returns>
    public static Segment? TryMake(SegmentPool pool, FieldTable fields, out int length)
    {
        length = 0;
        for (var i = 0; i < fields.Count; i++)
            length += fields.Name(i).Length + fields.Value(i).Length + ": \r\n".Length;
        if (length == 0 || pool.TryRent(length) is not { } segment)
            return null;
        var writer = new HeadWriter(segment.Memory.Span);
        for (var i = 0; i < fields.Count; i++)
            writer.Field(fields.Name(i), fields.Value(i));
        length = writer.Length;
        return segment;
    }
}
