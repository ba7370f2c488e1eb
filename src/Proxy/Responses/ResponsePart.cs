using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>How much of a response one client gets.</summary>
/// <param name="Status">That of the response, 206 for a part, 416 where no range selects anything.</param>
/// <param name="Start">The first byte of the body.</param>
/// <param name="Length">Bytes of the part; -1 for all that follow.</param>
internal readonly record struct ResponsePart(int Status, long Start, long Length)
{
    /// <summary>The end that Content-Range tells for a part that goes on as long as bytes arrive (RFC 8673, section 2.2);
    /// 0 for a part with an end.</summary>
    public long IndefiniteLast { get; init; }

    /// <summary>More than one part, in the order they go out; null otherwise.</summary>
    public ByteSpan[]? Several { get; init; }

    public bool IsWhole => Length < 0 && IndefiniteLast == 0;

    public static ResponsePart Whole(int status) => new(status, 0, -1);

    /// <summary>Content-Range for a part of a body, or for a 416; of several parts each has its own.</summary>
    public ContentRange RangeIn(Body body)
    {
        var total = body.TotalLength;
        if (Status == 416)
            return ContentRange.Unsatisfied(total);
        // A length that has become known since the part was chosen ends a range without a definite end (RFC 9110, section 14.4).
        var last = IndefiniteLast == 0 ? Start + Length - 1 : total is { } known ? known - 1 : IndefiniteLast;
        return new ContentRange(Start, last, total);
    }

    /// <summary>Applies a GET's Range to a response.</summary>
    /// <returns>False while it has to be seen whether the bytes will be there; ask again when more have arrived.</returns>
    public static bool TryOf(RequestHead request, Response response, out ResponsePart part)
    {
        part = Whole(response.Status);
        return request.Method != KnownMethod.Get || response is not { Status: 200, IsLocal: false }
            || !request.Fields.TryGet(KnownField.Range, out var value) || request.Fields.IsRepeated(KnownField.Range)
            || !Conditions.AllowsRange(request, response.Head)
            || TryOf(value, response, ref part);
    }

    private static bool TryOf(ReadOnlySpan<byte> value, Response response, ref ResponsePart part)
    {
        var body = response.Body;
        Span<ByteRange> ranges = stackalloc ByteRange[RangeField.RangesMaximum];
        ranges = ranges[..RangeField.Read(value, ranges)];
        if (ranges.IsEmpty)
            return true;
        if (body.TotalLength is not { } total)
            return ranges.Length > 1 || TryOfArriving(ranges[0], body, ref part);
        Span<ByteSpan> parts = stackalloc ByteSpan[RangeField.RangesMaximum];
        parts = parts[..RangeField.Select(ranges, total, parts)];
        if (parts.IsEmpty)
            part = new ResponsePart(416, 0, 0);
        else if (parts.Length == 1)
            part = new ResponsePart(206, parts[0].Start, parts[0].Length);
        else if (!body.IsWindowed && response.ContentType.Length <= MultipartRanges.ContentTypeMaximum)
            part = new ResponsePart(206, parts[0].Start, parts[0].Length) { Several = parts.ToArray() };
        return true;
    }

    /// <summary>While the length isn't known: a range with an end is served once its bytes are there, one without a definite end as soon
    /// as its first is; an open range and a suffix would need an end that nobody knows, so that the whole is served.</summary>
    private static bool TryOfArriving(ByteRange range, Body body, ref ResponsePart part)
    {
        if (range.First < 0 || range.Last < 0 || body.IsWindowed || body.HasFailed)
            return true;
        if (range.IsIndefinite)
        {
            if (range.First >= body.Available)
                return false;
            part = new ResponsePart(206, range.First, -1) { IndefiniteLast = range.Last };
            return true;
        }

        if (range.Last >= body.Available)
            return false;
        part = new ResponsePart(206, range.First, range.Last - range.First + 1);
        return true;
    }
}
