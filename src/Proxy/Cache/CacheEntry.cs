using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>A stored response with what decides about its use.</summary>
/// <param name="Head">The head as the origin sent it, from which a later 304 makes a new one.</param>
internal sealed record CacheEntry(StoredResponse Response, ResponseHead Head, Freshness Freshness, VaryKey Vary, bool SharesAuthorized)
{
    // What an entry costs beside its body: objects, index node, queue node.
    private const int Overhead = 1024;

    /// <summary>Bytes the entry is accounted with.</summary>
    public long Cost => Response.Body.AllocatedBytes + (2 * Response.HeadLength) + Overhead;

    /// <summary>Whether the origin can be asked if it still holds.</summary>
    public bool HasValidator => Head.Fields.Contains(KnownField.ETag) || Head.Fields.Contains(KnownField.LastModified);

    /// <summary>Whether the response was selected by what this request has too.</summary>
    public bool Serves(RequestHead request) =>
        Vary.Matches(request) && (SharesAuthorized || !request.Fields.Contains(KnownField.Authorization));
}
