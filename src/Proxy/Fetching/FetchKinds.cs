using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Chooses the kind of a fetch for a client's request that the cache hasn't answered.</summary>
internal static class FetchKinds
{
    /// <param name="reason">Why it goes past the cache; none for the other kinds.</param>
    public static FetchKind Of(
        RequestHead request, in RequestDirectives directives, ClientCacheControl control, PathRule? rule, out CacheReason reason)
    {
        reason = CacheReason.None;
        if (rule is { Bypass: true })
            reason = CacheReason.Bypass;
        else if (request.WebSocket is not null)
            reason = CacheReason.Upgrade;
        else if (request.Method is not (KnownMethod.Get or KnownMethod.Head))
            reason = CacheReason.Method;
        else if (request.HasBody)
            reason = CacheReason.RequestContent;
        // A range of what isn't stored doesn't wait for all that comes before it.
        else if (directives.NoStore && (control == ClientCacheControl.Honour || request.Fields.Contains(KnownField.Range)))
            reason = CacheReason.RequestNoStore;
        else if (request.Fields.Contains(KnownField.Authorization))
            reason = CacheReason.Authorization;
        if (reason != CacheReason.None)
            return FetchKind.Past;
        return directives.Restricts && control == ClientCacheControl.Honour ? FetchKind.Alone : FetchKind.Shared;
    }
}
