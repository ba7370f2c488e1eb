using TlsProxy.Proxy.Cache.Policy;

namespace TlsProxy.Proxy.Cache.Explanation;

/// <summary>How the cache came to answer a request: what Age, Cache-Status, the debug field and the access log tell.</summary>
/// <param name="Reuse">Why a stored response was used, or why the origin was asked.</param>
/// <param name="Store">Why the origin's answer was stored or not; none where the origin wasn't asked.</param>
/// <param name="AgeSeconds">Age, or -1 for none.</param>
/// <param name="Ttl">Seconds of freshness left, below 0 for a stale response; <see cref="NoTtl"/> where nothing is stored.</param>
/// <param name="ForwardStatus">The origin's status where it isn't the answer's; 0 otherwise.</param>
internal readonly record struct CacheNote(
    CacheOutcome Outcome, CacheReason Reuse = CacheReason.None, CacheReason Store = CacheReason.None,
    long AgeSeconds = -1, long Ttl = CacheNote.NoTtl,
    int ForwardStatus = 0)
{
    public const long NoTtl = long.MinValue;

    /// <summary>An answer of the proxy's own.</summary>
    /// <param name="reason">What kind of answer.</param>
    public static CacheNote Own(CacheReason reason) => new(CacheOutcome.Local, reason);

    /// <summary>A stored response, used without asking the origin.</summary>
    /// <param name="now">In milliseconds since 1970.</param>
    public static CacheNote Reused(CacheReason reason, in Freshness freshness, long now) => new(
        reason == CacheReason.Fresh ? CacheOutcome.Hit : CacheOutcome.Stale, reason, CacheReason.None, freshness.AgeSecondsAt(now),
        freshness.TtlSecondsAt(now));
}
