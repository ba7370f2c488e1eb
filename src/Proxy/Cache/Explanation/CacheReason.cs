namespace TlsProxy.Proxy.Cache.Explanation;

/// <summary>Why a response was or wasn't reused or stored. <see cref="CacheReasons"/> has the text of each.</summary>
internal enum CacheReason : byte
{
    /// <summary>The question didn't arise.</summary>
    None,

    // Reused.

    /// <summary>Within its lifetime.</summary>
    Fresh,

    /// <summary>Stale, which the client allows.</summary>
    MaxStale,

    /// <summary>Stale, while it is asked for in the background.</summary>
    StaleWhileRevalidate,

    /// <summary>Stale, since the origin answered with an error.</summary>
    StaleIfError,

    /// <summary>Stale, since the origin can't be reached.</summary>
    StaleIfUnreachable,

    // Not reused.

    /// <summary>Nothing is stored for the target.</summary>
    NothingStored,

    /// <summary>Only variants are stored whose Vary fields don't match the request.</summary>
    OtherVariant,

    /// <summary>What is stored are parts, and not all that is asked for.</summary>
    PartlyStored,

    /// <summary>Past its lifetime.</summary>
    Stale,

    /// <summary>The response says no-cache.</summary>
    ResponseNoCache,

    /// <summary>The request says no-cache.</summary>
    RequestNoCache,

    /// <summary>Older than the request's max-age.</summary>
    RequestMaxAge,

    /// <summary>Nearer to its end than the request's min-fresh.</summary>
    RequestMinFresh,

    /// <summary>The request says no-store.</summary>
    RequestNoStore,

    /// <summary>The request says only-if-cached.</summary>
    OnlyIfCached,

    /// <summary>The method isn't one that is answered from the cache.</summary>
    Method,

    /// <summary>The request carries Authorization.</summary>
    Authorization,

    /// <summary>The request has content, which isn't part of the cache key.</summary>
    RequestContent,

    /// <summary>A rule lets the path past the cache.</summary>
    Bypass,

    /// <summary>The request offers to switch protocols.</summary>
    Upgrade,

    /// <summary>The last answers couldn't be shared, so nobody waits for another's.</summary>
    HitForMiss,

    // Stored.

    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>What is stored was updated by a 304.</summary>
    Updated,

    /// <summary>It is a part, and is stored with others of the same response.</summary>
    StoredPart,

    // Not stored.

    /// <summary>The response says no-store.</summary>
    ResponseNoStore,

    /// <summary>The response says private.</summary>
    Private,

    /// <summary>Vary names everything.</summary>
    VariesOnAnything,

    /// <summary>It sets a cookie and may not be stored for that.</summary>
    SetCookie,

    /// <summary>It answers a condition.</summary>
    Condition,

    /// <summary>It answers a range.</summary>
    Partial,

    /// <summary>must-understand, and the status isn't understood.</summary>
    StatusNotUnderstood,

    /// <summary>It says nothing about its lifetime, and none may be assumed.</summary>
    NoLifetime,

    /// <summary>It was stale on arrival and can't be revalidated.</summary>
    StaleOnArrival,

    /// <summary>It is larger than <c>--max-object-size</c>.</summary>
    TooLarge,

    /// <summary>The origin failed.</summary>
    OriginFailed,

    // Answered by the proxy itself.

    /// <summary>It is a path or method that the proxy serves.</summary>
    OwnAnswer,

    /// <summary>The request was refused.</summary>
    Refused,

    /// <summary>The listener sends its clients elsewhere.</summary>
    Redirected,
}
