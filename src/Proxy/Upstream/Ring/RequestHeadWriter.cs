using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The head of a request as it leaves for the origin (RFC 9112, section 3), with the fields that frame its body.</summary>
internal static class RequestHeadWriter
{
    // Version, line ends, and the fields of this hop: Transfer-Encoding or Content-Length, TE, Connection, Upgrade, Expect.
    private const int OwnBytes = 192;

    /// <summary>Bytes that suffice for the head of a request.</summary>
    public static int BytesMaximum(OriginRequest request) =>
        request.MethodText.Length + request.Target.Length + BytesOf(request.Fields) + OwnBytes;

    /// <summary>Bytes of the lines of some fields.</summary>
    public static int BytesOf(FieldTable fields)
    {
        var bytes = 0;
        for (var i = 0; i < fields.Count; i++)
            bytes += fields.Name(i).Length + fields.Value(i).Length + PackedLines.MarkBytes;
        return bytes;
    }

    /// <summary>Writes the head.</summary>
    /// <param name="destination">At least <see cref="BytesMaximum"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, OriginRequest request)
    {
        var writer = new HeadWriter(destination);
        writer.Raw(request.MethodText.Span);
        writer.Raw(" "u8);
        writer.Raw(request.Target.Span);
        writer.Raw(" HTTP/1.1\r\n"u8);
        var fields = request.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            // What frames the body is written below. The parser refuses the bytes that end a line; here they would split the head, so
            // nothing is left to trust.
            if (fields.Known(i) is not (KnownField.ContentLength or KnownField.TransferEncoding)
                && fields.Value(i).IndexOfAny("\r\n\0"u8) < 0)
                writer.Field(fields.Name(i), fields.Value(i));
        }

        WriteFraming(ref writer, request);
        if (request.ExpectsContinue && request.Body is not null)
            writer.Raw("Expect: 100-continue\r\n"u8);
        if (request.AcceptsTrailers)
            writer.Raw("TE: trailers\r\n"u8);
        if (request.WebSocket is not null)
            writer.Raw("Connection: Upgrade\r\nUpgrade: websocket\r\n"u8);
        else if (EndsConnection(request))
            writer.Raw(request.AcceptsTrailers ? "Connection: TE, close\r\n"u8 : "Connection: close\r\n"u8);
        else if (request.AcceptsTrailers)
            writer.Raw("Connection: TE\r\n"u8);
        writer.End();
        if (writer.Overflowed)
            throw new InvalidOperationException($"The request's head doesn't fit {destination.Length} bytes.");
        return writer.Length;
    }

    /// <summary>Whether the connection carries no further request. An origin that doesn't expect a body with such a method may take it for
    /// the next request: there is none on this connection (RFC 9110, section 9.3.1).</summary>
    public static bool EndsConnection(OriginRequest request) =>
        request.Body is not null && request.Method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Delete;

    private static void WriteFraming(ref HeadWriter writer, OriginRequest request)
    {
        if (request.Body is { Length: { } length })
            writer.NumberLine("Content-Length: "u8, length);
        else if (request.Body is not null)
            writer.Raw("Transfer-Encoding: chunked\r\n"u8);
        else if (request.Method is KnownMethod.Post or KnownMethod.Put or KnownMethod.Patch or KnownMethod.Other)
            // A method that may give a body a meaning says that there is none (RFC 9110, section 8.6).
            writer.Raw("Content-Length: 0\r\n"u8);
    }
}
