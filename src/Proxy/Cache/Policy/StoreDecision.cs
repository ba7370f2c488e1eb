using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>Whether a response is stored.</summary>
/// <param name="Reason"><see cref="CacheReason.Stored"/>, or why not.</param>
/// <param name="Directives">What the origin says.</param>
/// <param name="Freshness">How long it may be used, when it is stored.</param>
internal readonly record struct StoreDecision(CacheReason Reason, ResponseDirectives Directives, Freshness Freshness)
{
    /// <summary>It isn't stored, but answers those who asked before it came: an error of which its origin says nothing isn't asked for once
    /// more by each of them, nor what isn't stored for the sake of the request's method or its no-store.</summary>
    public bool IsForWaiters { get; init; }

    /// <summary>It is an error of which the origin doesn't say how long it holds, nor does anybody else.</summary>
    public bool IsErrorWithoutLifetime { get; init; }

    /// <summary>It isn't stored or shared for the request's own credentials: the answer to another might be.</summary>
    public bool IsOfCredentials { get; init; }

    public bool MayStore => Reason == CacheReason.Stored;

    /// <summary>It is stored without Set-Cookie, which reaches only the client it was made for.</summary>
    public bool StripsCookies { get; init; }

    /// <summary>Names of request fields that select it beside those that Vary names.</summary>
    public byte[][]? KeyFields { get; init; }
}
