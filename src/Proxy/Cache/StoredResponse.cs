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
            var bytes = ForwardedHead.Format(Head!.WithStatus(304), keepLength: false, keepAge: false);
            var created = new StoredResponse(304, bytes, HasDate, StoredBody.Empty());
            return Interlocked.CompareExchange(ref _notModified, created, null) ?? created;
        }
    }

    public StoredBody Body { get; }

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
            WritePartialHead(ref writer, context.Part);
        if (!HasDate)
            writer.DateField("Date"u8, context.UnixSeconds);
        if (context.Note.AgeSeconds >= 0)
            writer.Field("Age"u8, context.Note.AgeSeconds);
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

    private void WritePartialHead(ref HeadWriter writer, ResponsePart part)
    {
        writer.StatusLine(part.Status);
        writer.Raw(_head.AsSpan(_head.AsSpan().IndexOf("\r\n"u8) + 2));
        writer.Raw("Content-Range: bytes "u8);
        if (part.Status == 206)
        {
            writer.Number(part.Start);
            writer.Raw("-"u8);
            writer.Number(part.Start + part.Length - 1);
        }
        else
        {
            writer.Raw("*"u8);
        }

        writer.Raw("/"u8);
        if (Body.TotalLength is { } total)
            writer.Number(total);
        else
            writer.Raw("*"u8);
        writer.Raw("\r\n"u8);
    }
}
