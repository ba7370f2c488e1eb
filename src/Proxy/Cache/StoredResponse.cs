using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>A response as it is sent to any number of clients: a head formatted beforehand and a body that is pulled. Answers of our own, cached
/// and arriving ones look alike.</summary>
internal sealed class StoredResponse
{
    // Room for what a head gets per request: Date, Via, Connection, Content-Length or Transfer-Encoding, Age, Cache-Status and the debug field.
    private const int PerRequestBytes = 256 + CacheStatus.BytesMaximum;

    private readonly byte[] _head;
    private StoredResponse? _notModified;
    private readonly bool _lengthInHead;

    /// <param name="head">Status line and end-to-end fields, each with its CRLF, without the final empty line.</param>
    /// <param name="hasDate">Whether Date is among the fields; it is added where it is missing (RFC 9110, section 6.6.1).</param>
    /// <param name="body">Its first reference passes to the response.</param>
    /// <param name="lengthInHead">The head tells the length itself, as the answer to HEAD does, whose body isn't there.</param>
    public StoredResponse(int status, byte[] head, bool hasDate, StoredBody body, bool lengthInHead = false)
    {
        _lengthInHead = lengthInHead;
        Status = status;
        _head = head;
        HasDate = hasDate;
        Body = body;
    }

    public int Status { get; }

    /// <summary>What the origin sent, for conditions and ranges; null for answers of our own.</summary>
    public ResponseHead? Head { get; init; }

    /// <summary>The 304 in place of a response of the origin, made when it is first wanted.</summary>
    public StoredResponse NotModified
    {
        get
        {
            if (Volatile.Read(ref _notModified) is { } made)
                return made;
            var bytes = ForwardedHead.Format(Head!.ToNotModified(), keepLength: false, keepAge: false);
            var created = new StoredResponse(304, bytes, HasDate, StoredBody.Empty());
            return Interlocked.CompareExchange(ref _notModified, created, null) ?? created;
        }
    }

    public StoredBody Body { get; }

    /// <summary>Content-Type as the origin sent it; empty where it didn't.</summary>
    public ReadOnlySpan<byte> ContentType => Head is { } head && head.Fields.TryGet(KnownField.ContentType, out var type) ? type : default;

    public bool HasDate { get; }

    /// <summary>Bytes of the formatted head.</summary>
    public int HeadLength => _head.Length;

    /// <summary>Bytes that suffice for the head.</summary>
    public int HeadBytesMaximum => _head.Length + PerRequestBytes;

    /// <summary>Whether a response with this status has a body at all (RFC 9110, section 6.4.1).</summary>
    public bool MayHaveBody => Status is >= 200 and not 204 and not 304;

    public bool TryAcquire() => Body.TryAcquire();

    public void Release() => Body.Release();

    /// <summary>Writes the head for one request.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteHead(Span<byte> destination, in HeadContext context)
    {
        var writer = new HeadWriter(destination);
        if (context.Part.Status == Status)
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

    private void WritePartialHead(ref HeadWriter writer, in HeadContext context)
    {
        var part = context.Part;
        writer.StatusLine(part.Status);
        var fields = _head.AsSpan(_head.AsSpan().IndexOf("\r\n"u8) + 2);
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
            writer.ContentRange(part.Start, part.IndefiniteLast > 0 ? part.IndefiniteLast : part.Start + part.Length - 1, Body.TotalLength);
        }
    }

    /// <summary>The type of the whole stands in each part instead (RFC 9110, section 15.3.7.2).</summary>
    private static void WriteWithoutContentType(ref HeadWriter writer, ReadOnlySpan<byte> fields)
    {
        while (fields.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            var line = fields[..(end + 2)];
            if (KnownFields.Of(line[..line.IndexOf((byte)':')]) != KnownField.ContentType)
                writer.Raw(line);
            fields = fields[(end + 2)..];
        }
    }
}
