using System.Text;

namespace TlsProxy.Proxy.Cache.Explanation;

/// <summary>The words for each reason, in the access log, the debug field and Cache-Status.</summary>
internal static class CacheReasons
{
    private static readonly string[] Words = [.. Enum.GetValues<CacheReason>().Select(reason => Encoding.ASCII.GetString(Of(reason)))];

    /// <summary>The same word as text, made once.</summary>
    public static string TextOf(CacheReason reason) => Words[(int)reason];

    /// <summary>A word that is a token of RFC 9110, section 5.6.2.</summary>
    public static ReadOnlySpan<byte> Of(CacheReason reason) => reason switch
    {
        CacheReason.None => "none"u8,
        CacheReason.Fresh => "fresh"u8,
        CacheReason.MaxStale => "max-stale"u8,
        CacheReason.StaleWhileRevalidate => "stale-while-revalidate"u8,
        CacheReason.StaleIfError => "stale-if-error"u8,
        CacheReason.StaleIfUnreachable => "stale-if-unreachable"u8,
        CacheReason.NothingStored => "nothing-stored"u8,
        CacheReason.OtherVariant => "other-variant"u8,
        CacheReason.PartlyStored => "partly-stored"u8,
        CacheReason.Stale => "stale"u8,
        CacheReason.ResponseNoCache => "response-no-cache"u8,
        CacheReason.RequestNoCache => "request-no-cache"u8,
        CacheReason.RequestMaxAge => "request-max-age"u8,
        CacheReason.RequestMinFresh => "request-min-fresh"u8,
        CacheReason.RequestNoStore => "request-no-store"u8,
        CacheReason.OnlyIfCached => "only-if-cached"u8,
        CacheReason.Method => "method"u8,
        CacheReason.Authorization => "authorization"u8,
        CacheReason.RequestContent => "request-content"u8,
        CacheReason.Bypass => "bypass"u8,
        CacheReason.Upgrade => "upgrade"u8,
        CacheReason.HitForMiss => "hit-for-miss"u8,
        CacheReason.Stored => "stored"u8,
        CacheReason.Updated => "updated"u8,
        CacheReason.StoredPart => "stored-part"u8,
        CacheReason.ResponseNoStore => "response-no-store"u8,
        CacheReason.Private => "private"u8,
        CacheReason.VariesOnAnything => "varies-on-anything"u8,
        CacheReason.SetCookie => "set-cookie"u8,
        CacheReason.Condition => "condition"u8,
        CacheReason.Partial => "partial"u8,
        CacheReason.StatusNotUnderstood => "status-not-understood"u8,
        CacheReason.NoLifetime => "no-lifetime"u8,
        CacheReason.StaleOnArrival => "stale-on-arrival"u8,
        CacheReason.TooLarge => "too-large"u8,
        CacheReason.OriginFailed => "origin-failed"u8,
        CacheReason.OwnAnswer => "own-answer"u8,
        CacheReason.Refused => "refused"u8,
        CacheReason.Redirected => "redirected"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "There is no word for this value."),
    };

    /// <summary>What Cache-Status says of a request that was forwarded for this reason (RFC 9211, section 2.2).</summary>
    public static ReadOnlySpan<byte> Forwarded(CacheReason reason) => reason switch
    {
        CacheReason.Bypass => "bypass"u8,
        CacheReason.Method => "method"u8,
        CacheReason.NothingStored => "uri-miss"u8,
        CacheReason.OtherVariant => "vary-miss"u8,
        CacheReason.PartlyStored => "partial"u8,
        CacheReason.Stale or CacheReason.ResponseNoCache or CacheReason.StaleIfError or CacheReason.StaleIfUnreachable => "stale"u8,
        CacheReason.RequestNoCache or CacheReason.RequestMaxAge or CacheReason.RequestMinFresh or CacheReason.RequestNoStore
            or CacheReason.Authorization or CacheReason.RequestContent or CacheReason.Upgrade => "request"u8,
        _ => "miss"u8,
    };
}
