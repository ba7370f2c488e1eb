using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>How much of a response one client gets.</summary>
/// <param name="Status">That of the response, 206 for a part, 416 where the range selects nothing.</param>
/// <param name="Start">The first byte of the body.</param>
/// <param name="Length">Bytes of the part; -1 for all.</param>
internal readonly record struct ResponsePart(int Status, long Start, long Length)
{
    public static ResponsePart Whole(int status) => new(status, 0, -1);

    public bool IsWhole => Length < 0;

    /// <summary>Applies a GET's Range to a response. While the length isn't known, a range is served from what has arrived; else all of it is.</summary>
    public static ResponsePart Of(RequestHead request, StoredResponse response)
    {
        if (request.Method != KnownMethod.Get || response is not { Status: 200, Head: { } head }
            || !request.Fields.TryGet(KnownField.Range, out var value) || !ByteRange.TryParse(value, out var range)
            || !Conditions.AllowsRange(request, head))
            return Whole(response.Status);
        if (response.Body.TotalLength is { } total)
            return range.TrySelect(total, out var start, out var length) ? new ResponsePart(206, start, length) : new ResponsePart(416, 0, 0);
        return range.First >= 0 && range.Last >= 0 && range.Last < response.Body.Available && !response.Body.IsWindowed
            ? new ResponsePart(206, range.First, range.Last - range.First + 1)
            : Whole(response.Status);
    }
}
