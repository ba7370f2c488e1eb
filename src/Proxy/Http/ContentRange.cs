namespace TlsProxy.Proxy.Http;

/// <summary>The value of Content-Range (RFC 9110, section 14.4).</summary>
/// <param name="First">The first byte, or -1 where no range was satisfied.</param>
/// <param name="Last">The last byte, or -1 with <paramref name="First"/>.</param>
/// <param name="Total">Bytes of the whole, or null where they aren't known.</param>
internal readonly record struct ContentRange(long First, long Last, long? Total)
{
    /// <summary>Tells the length of a whole of which no range selects anything.</summary>
    public static ContentRange Unsatisfied(long? total) => new(-1, -1, total);
}
