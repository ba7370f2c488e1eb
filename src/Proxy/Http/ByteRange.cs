namespace TlsProxy.Proxy.Http;

/// <summary>One range of bytes as a request names it (RFC 9110, section 14.1.2).</summary>
/// <param name="First">The first byte, or -1 for a suffix.</param>
/// <param name="Last">The last byte; with a suffix its length; -1 for an open range.</param>
internal readonly record struct ByteRange(long First, long Last)
{
    // The smallest end that RFC 8673 shows for a range without a definite one; no object is that large.
    private const long IndefiniteLast = 999_999_999_999;

    /// <summary>An end so far away that the client means the bytes as they come, for as long as they come
    /// (RFC 8673, section 2.2).</summary>
    public bool IsIndefinite => First >= 0 && Last is >= IndefiniteLast and < RangeField.NumberMaximum;

    /// <summary>The part of a body of known length that the range selects.</summary>
    /// <returns>False when it selects nothing.</returns>
    public bool TrySelect(long total, out ByteSpan span)
    {
        var start = First >= 0 ? First : Math.Max(0, total - Last);
        var end = First < 0 || Last < 0 ? total : Math.Min(Last, total - 1) + 1;
        span = new ByteSpan(start, end - start);
        return span.Length > 0;
    }
}
