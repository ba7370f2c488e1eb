using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>The head of a response as HTTP/1.1 sends it (RFC 9112). The field lines that every client gets are kept with the response in
/// one piece, so that a hit copies them in one go.</summary>
internal static class Http1Head
{
    // Room for the longest status line and what a head gets per request: Date, Connection, Content-Length or Transfer-Encoding,
    // Content-Range or the type of several parts, Age, Cache-Status and the debug field.
    private const int PerRequestBytes = 48 + 256 + CacheStatus.BytesMaximum;

    // Room for a status line, Via and the empty line.
    private const int PerInterimBytes = 48 + 20;

    // Of the protocols that can be switched to, there is one.
    private const int SwitchingProtocols = 101;

    /// <summary>Bytes that suffice for a response's head, but for the name of the debug field and fields that the proxy adds.</summary>
    public static int BytesMaximum(Response response) => response.FieldBytes + PerRequestBytes;

    /// <summary>The same for an interim response.</summary>
    public static int BytesMaximum(InterimResponse response) => response.Lines.Length + PerInterimBytes;

    /// <summary>Writes an interim response, which is nothing but a head (RFC 9110, section 15.2).</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, InterimResponse response)
    {
        var writer = new HeadWriter(destination);
        writer.StatusLine(response.Status);
        writer.Raw(response.Lines);
        WriteVia(ref writer, response.Version);
        return End(ref writer, destination.Length);
    }

    /// <summary>Writes the head for one request.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, Response response, in HeadContext context)
    {
        var writer = new HeadWriter(destination);
        var fields = response.FieldsOf(context.Part);
        writer.StatusLine(context.Part.Status);
        WriteFields(ref writer, response, fields);
        if (context.Part.Status != response.Status)
            WritePart(ref writer, response, context);
        if (!response.HasDate || fields == SentFields.None)
            writer.DateField("Date"u8, context.UnixSeconds);
        if (context.Note.AgeSeconds >= 0)
            writer.NumberLine("Age: "u8, context.Note.AgeSeconds);
        if (!context.AddedFields.IsEmpty)
            writer.Raw(context.AddedFields.Span);
        CacheStatus.Write(ref writer, context.Note);
        if (!context.DebugField.IsEmpty)
            CacheStatus.WriteDebug(ref writer, context.DebugField.Span, context.Note);
        WriteFraming(ref writer, response, context);
        return End(ref writer, destination.Length);
    }

    /// <summary>What a part has instead, or a 416.</summary>
    private static void WritePart(ref HeadWriter writer, Response response, in HeadContext context)
    {
        if (context.Multipart is { } multipart)
            writer.Field("Content-Type"u8, multipart.ContentType);
        else
            writer.ContentRange(context.Part.RangeIn(response.Body));
    }

    private static void WriteFields(ref HeadWriter writer, Response response, SentFields fields)
    {
        if (fields == SentFields.None)
            return;
        var lines = fields == SentFields.All ? response.SentLines : default;
        if (!response.Head.Fields.IsPacked)
            WriteLines(ref writer, response, fields);
        else if (lines.IsEmpty)
            WriteRuns(ref writer, response, fields);
        else
            writer.Raw(lines);
        // What the response says of Via, as a line.
        if (!response.IsLocal)
            WriteVia(ref writer, response.Head.Version);
    }

    private static void WriteVia(ref HeadWriter writer, HttpVersion version) =>
        writer.Raw(version == HttpVersion.Http10 ? "Via: 1.0 tlsproxy\r\n"u8 : "Via: 1.1 tlsproxy\r\n"u8);

    private static int End(ref HeadWriter writer, int room)
    {
        writer.End();
        return writer.Overflowed ? throw new InvalidOperationException($"The head doesn't fit {room} bytes.") : writer.Length;
    }

    /// <summary>Writes lines that lie apart.</summary>
    private static void WriteLines(ref HeadWriter writer, Response response, SentFields fields)
    {
        var table = response.Head.Fields;
        for (var i = 0; i < table.Count; i++)
        {
            if (response.Sends(i, fields))
                writer.Field(table.Name(i), table.Value(i));
        }
    }

    /// <summary>Writes lines that are sent and stand together in one go.</summary>
    private static void WriteRuns(ref HeadWriter writer, Response response, SentFields fields)
    {
        var table = response.Head.Fields;
        var first = 0;
        for (var i = 0; i < table.Count; i++)
        {
            if (response.Sends(i, fields))
                continue;
            writer.Raw(table.Lines(first, i));
            first = i + 1;
        }

        writer.Raw(table.Lines(first, table.Count));
    }

    /// <summary>How the message ends, and whether the connection goes on (RFC 9112, sections 6 and 9.3).</summary>
    private static void WriteFraming(ref HeadWriter writer, Response response, in HeadContext context)
    {
        if (response.Status == SwitchingProtocols)
        {
            writer.Raw("Connection: Upgrade\r\nUpgrade: websocket\r\n"u8);
            return;
        }

        if (!response.LengthInHead && response.MayHaveBody && context.Length is { } length)
            writer.NumberLine("Content-Length: "u8, length);
        else if (!response.LengthInHead && response.MayHaveBody && context.Chunked)
            writer.Raw("Transfer-Encoding: chunked\r\n"u8);
        if (!context.KeepAlive)
            writer.Raw("Connection: close\r\n"u8);
        else if (context.Version == HttpVersion.Http10)
            writer.Raw("Connection: keep-alive\r\n"u8);
    }
}
