using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>What of a head depends on the request.</summary>
/// <param name="UnixSeconds">The time now.</param>
/// <param name="Version">The client's version.</param>
/// <param name="KeepAlive">The connection goes on afterwards.</param>
/// <param name="Length">Content-Length, or null where the length isn't known.</param>
/// <param name="Chunked">The body goes out chunked.</param>
/// <param name="Part">How much of the response goes out.</param>
/// <param name="Note">How the cache came to it: Age and Cache-Status.</param>
/// <param name="DebugField">The name of the field that tells the reasons; empty for none.</param>
internal readonly record struct HeadContext(
    long UnixSeconds, HttpVersion Version, bool KeepAlive, long? Length, bool Chunked, ResponsePart Part, CacheNote Note,
    ReadOnlyMemory<byte> DebugField = default)
{
    /// <summary>Field lines of the proxy's own, each with its CRLF.</summary>
    public ReadOnlyMemory<byte> AddedFields { get; init; }

    /// <summary>The parts, where there are several.</summary>
    public MultipartRanges? Multipart { get; init; }
}
