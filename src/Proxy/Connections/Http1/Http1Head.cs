using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>The head of a response as HTTP/1.1 sends it (RFC 9112). The lines that every client gets are formatted once and kept with the
/// response, so that a hit copies them in one go.</summary>
internal sealed class Http1Head
{
    // Room for what a head gets per request: Date, Connection, Content-Length or Transfer-Encoding, Content-Range or the type of several
    // parts, Age, Cache-Status and the debug field.
    private const int PerRequestBytes = 256 + CacheStatus.BytesMaximum;

    // Status line and field lines, each with its CRLF, without the final empty line.
    private readonly byte[] _lines;

    private Http1Head(Response response)
    {
        _lines = new byte[StatusLines.Of(response.Status).Length + response.FieldBytes];
        var writer = new HeadWriter(_lines);
        writer.StatusLine(response.Status);
        WriteFields(ref writer, response, SentFields.All);
        if (writer.Overflowed || writer.Length != _lines.Length)
            throw new InvalidOperationException($"The fields take {writer.Length} bytes, not {_lines.Length}.");
    }

    /// <summary>Bytes that suffice for a response's head, but for the name of the debug field and fields that the proxy adds.</summary>
    public static int BytesMaximum(Response response) => StatusLines.Of(response.Status).Length + response.FieldBytes + PerRequestBytes;

    /// <summary>Writes the head for one request.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, Response response, in HeadContext context)
    {
        var writer = new HeadWriter(destination);
        var hasDate = response.HasDate;
        if (context.Part.Status == response.Status && !response.IsNotModified)
            writer.Raw(Of(response)._lines);
        else
            hasDate &= WriteOther(ref writer, response, context);
        if (!hasDate)
            writer.DateField("Date"u8, context.UnixSeconds);
        if (context.Note.AgeSeconds >= 0)
            writer.Field("Age"u8, context.Note.AgeSeconds);
        writer.Raw(context.AddedFields.Span);
        CacheStatus.Write(ref writer, context.Note);
        if (!context.DebugField.IsEmpty)
            CacheStatus.WriteDebug(ref writer, context.DebugField.Span, context.Note);
        WriteFraming(ref writer, response, context);
        writer.End();
        if (writer.Overflowed)
            throw new InvalidOperationException($"The head doesn't fit {destination.Length} bytes.");
        return writer.Length;
    }

    /// <summary>The formatted head, which the first writer makes. Several that come first together agree on one of theirs.</summary>
    private static Http1Head Of(Response response)
    {
        if (response.FormattedHead is Http1Head kept)
            return kept;
        var made = new Http1Head(response);
        // A form of another protocol stays, and this one is made each time.
        return response.Keep(made) as Http1Head ?? made;
    }

    /// <summary>A 304, a part or a 416 in place of the whole.</summary>
    /// <returns>Whether fields of the whole are in it.</returns>
    private static bool WriteOther(ref HeadWriter writer, Response response, in HeadContext context)
    {
        var fields = response.FieldsOf(context.Part);
        writer.StatusLine(context.Part.Status);
        if (fields == SentFields.All)
            writer.Raw(Of(response)._lines.AsSpan(StatusLines.Of(response.Status).Length));
        else
            WriteFields(ref writer, response, fields);
        if (context.Multipart is { } multipart)
            writer.Field("Content-Type"u8, multipart.ContentType);
        else if (!response.IsNotModified)
            writer.ContentRange(context.Part.RangeIn(response.Body));
        return fields != SentFields.None;
    }

    private static void WriteFields(ref HeadWriter writer, Response response, SentFields fields)
    {
        if (fields == SentFields.None)
            return;
        var table = response.Head.Fields;
        for (var i = 0; i < table.Count; i++)
        {
            if (response.Sends(i, fields))
                writer.Field(table.Name(i), table.Value(i));
        }

        if (!response.Via.IsEmpty)
            writer.Field("Via"u8, response.Via);
    }

    /// <summary>How the message ends, and whether the connection goes on (RFC 9112, sections 6 and 9.3).</summary>
    private static void WriteFraming(ref HeadWriter writer, Response response, in HeadContext context)
    {
        if (!response.LengthInHead && response.MayHaveBody && context.Length is { } length)
            writer.Field("Content-Length"u8, length);
        else if (!response.LengthInHead && response.MayHaveBody && context.Chunked)
            writer.Raw("Transfer-Encoding: chunked\r\n"u8);
        if (!context.KeepAlive)
            writer.Raw("Connection: close\r\n"u8);
        else if (context.Version == HttpVersion.Http10)
            writer.Raw("Connection: keep-alive\r\n"u8);
    }
}
