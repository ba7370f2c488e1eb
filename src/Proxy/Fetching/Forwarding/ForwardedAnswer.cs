using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>What the client gets whose request was forwarded: fields too that are kept from others.</summary>
internal static class ForwardedAnswer
{
    /// <param name="head">With all fields that the origin sent.</param>
    /// <param name="body">Its reference stays with the caller.</param>
    /// <param name="entry">What the others get; null where nobody may.</param>
    /// <param name="isBodiless">The head tells the length of a body that isn't there, as the answer to HEAD does.</param>
    public static Response Of(ResponseHead head, Body body, CacheEntry? entry, ResponseDirectives directives, bool isBodiless)
    {
        if (entry is not null && directives.PrivateFields.Count + directives.NoCacheFields.Count == 0
            && (!head.Fields.Contains(KnownField.SetCookie) || entry.Head.Fields.Contains(KnownField.SetCookie)))
            return entry.Response;
        return new Response(head, body, lengthInHead: isBodiless, keepsAge: entry is null, packs: entry is not null);
    }
}
