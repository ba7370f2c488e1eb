using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>A response as it is sent to any number of clients: a head formatted beforehand and a body that is pulled. Answers of our own, cached
/// and arriving ones look alike.</summary>
internal sealed class Response
{
    // Room for what a head gets per request: Date, Via, Connection, Content-Length or Transfer-Encoding, Age, Cache-Status and the debug field.
    private const int PerRequestBytes = 256 + CacheStatus.BytesMaximum;

    private readonly byte[] _head;
    private readonly bool _lengthInHead;
    private readonly bool _isNotModified;
    private Response? _notModified;

    /// <param name="head">Status line and end-to-end fields, each with its CRLF, without the final empty line.</param>
    /// <param name="hasDate">Whether Date is among the fields; it is added where it is missing (RFC 9110, section 6.6.1).</param>
    /// <param name="body">Its first reference passes to the response.</param>
    /// <param name="lengthInHead">The head tells the length itself, as the answer to HEAD does, whose body isn't there.</param>
    public Response(int status, byte[] head, bool hasDate, Body body, bool lengthInHead = false)
    {
        _lengthInHead = lengthInHead;
        Status = status;
        _head = head;
        HasDate = hasDate;
        Body = body;
    }

    /// <summary>The 304 in place of a response. It shares the response's head, and leaves lines out when it is written.</summary>
    private Response(Response whole)
        : this(304, whole._head, whole.HasDate, Body.Empty()) => _isNotModified = true;

    public int Status { get; }

    /// <summary>What the origin sent, for conditions and ranges; null for answers of our own.</summary>
    public ResponseHead? Head { get; init; }

    /// <summary>The 304 in place of a response of the origin, made when it is first wanted.</summary>
    public Response NotModified
    {
        get
        {
            // Several threads may make one at once: the first that is published stays, and every reader sees it whole.
            if (Volatile.Read(ref _notModified) is { } made)
                return made;
            var created = new Response(this);
            return Interlocked.CompareExchange(ref _notModified, created, null) ?? created;
        }
    }

    public Body Body { get; }

    /// <summary>Content-Type as the origin sent it; empty where it didn't.</summary>
    public ReadOnlySpan<byte> ContentType => Head is { } head && head.Fields.TryGet(KnownField.ContentType, out var type) ? type : default;

    public bool HasDate { get; }

    /// <summary>Bytes of the formatted head.</summary>
    public int HeadLength => _head.Length;

    /// <summary>Bytes that suffice for the head.</summary>
    public int HeadBytesMaximum => _head.Length + PerRequestBytes;

    /// <summary>Whether a response with this status has a body at all (RFC 9110, section 6.4.1).</summary>
    public bool MayHaveBody => Status is >= 200 and not 204 and not 304;

    private ReadOnlySpan<byte> FieldLines => _head.AsSpan(_head.AsSpan().IndexOf("\r\n"u8) + 2);

    public bool TryAcquire() => Body.TryAcquire();

    public void Release() => Body.Release();

    /// <summary>Writes the head for one request.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteHead(Span<byte> destination, in HeadContext context)
    {
        var writer = new HeadWriter(destination);
        if (_isNotModified)
            WriteNotModifiedHead(ref writer);
        else if (context.Part.Status == Status)
            writer.Raw(_head);
        else
            WritePartialHead(ref writer, context);
        if (!HasDate && context.Part.Status != 416)
            writer.DateField("Date"u8, context.UnixSeconds);
        if (context.Note.AgeSeconds >= 0)
            writer.Field("Age"u8, context.Note.AgeSeconds);
        writer.Raw(context.AddedFields.Span);
        CacheStatus.Write(ref writer, context.Note);
        if (!context.DebugField.IsEmpty)
            CacheStatus.WriteDebug(ref writer, context.DebugField.Span, context.Note);
        if (!_lengthInHead && MayHaveBody && context.Length is { } length)
            writer.Field("Content-Length"u8, length);
        else if (!_lengthInHead && MayHaveBody && context.Chunked)
            writer.Raw("Transfer-Encoding: chunked\r\n"u8);
        if (!context.KeepAlive)
            writer.Raw("Connection: close\r\n"u8);
        else if (context.Version == HttpVersion.Http10)
            writer.Raw("Connection: keep-alive\r\n"u8);
        writer.End();
        if (writer.Overflowed)
            throw new InvalidOperationException($"The head doesn't fit {destination.Length} bytes.");
        return writer.Length;
    }

    /// <summary>Without what describes content, which the client has (RFC 9110, section 15.4.5).</summary>
    private void WriteNotModifiedHead(ref HeadWriter writer)
    {
        writer.StatusLine(Status);
        var fields = FieldLines;
        while (NextLine(ref fields, out var line, out var name))
        {
            if (!KnownFields.DescribesContent(name))
                writer.Raw(line);
        }
    }

    private void WritePartialHead(ref HeadWriter writer, in HeadContext context)
    {
        var part = context.Part;
        writer.StatusLine(part.Status);
        var fields = FieldLines;
        if (part.Status == 416)
        {
            // Nothing of the representation goes out, so nothing describes it but its length (RFC 9110, section 15.5.17).
            writer.ContentRange(-1, -1, Body.TotalLength);
            writer.DateField("Date"u8, context.UnixSeconds);
        }
        else if (context.Multipart is { } multipart)
        {
            WriteWithoutContentType(ref writer, fields);
            writer.Raw("Content-Type: multipart/byteranges; boundary="u8);
            writer.Raw(multipart.Boundary);
            writer.Raw("\r\n"u8);
        }
        else
        {
            writer.Raw(fields);
            // A length that has become known since the part was chosen ends a range without a definite end (RFC 9110, section 14.4).
            var total = Body.TotalLength;
            var last = part.IndefiniteLast == 0 ? part.Start + part.Length - 1 : total is { } known ? known - 1 : part.IndefiniteLast;
            writer.ContentRange(part.Start, last, total);
        }
    }

    /// <summary>The type of the whole stands in each part instead (RFC 9110, section 15.3.7.2).</summary>
    private static void WriteWithoutContentType(ref HeadWriter writer, ReadOnlySpan<byte> fields)
    {
        while (NextLine(ref fields, out var line, out var name))
        {
            if (KnownFields.Of(name) != KnownField.ContentType)
                writer.Raw(line);
        }
    }

    /// <summary>Cuts the first line off, with its CRLF.</summary>
    private static bool NextLine(ref ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name)
    {
        var end = fields.IndexOf("\r\n"u8);
        line = end < 0 ? default : fields[..(end + 2)];
        name = line.IsEmpty ? default : line[..line.IndexOf((byte)':')];
        fields = fields[line.Length..];
        return !line.IsEmpty;
    }
}
