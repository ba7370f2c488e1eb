using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>Whether a stored response may answer a request (RFC 9111, sections 4.2 and 5.2.1). Times are milliseconds
/// since 1970.</summary>
internal static class ReusePolicy
{
    // Requests count in seconds.
    private const long Second = 1000;

    /// <summary>Judges a stored response that the request selects.</summary>
    /// <returns>Why it may be used (<see cref="IsUse"/>), or why the origin must be asked.</returns>
    public static CacheReason Judge(in Freshness freshness, in RequestDirectives request, long now)
    {
        if (request.NoCache)
            return CacheReason.RequestNoCache;
        if (freshness.AlwaysAsk)
            return CacheReason.ResponseNoCache;
        var age = freshness.AgeAt(now);
        if (request.MaxAge >= 0 && age > request.MaxAge * Second)
            return CacheReason.RequestMaxAge;
        var ttl = freshness.Lifetime - age;
        if (ttl > 0)
            return request.MinFresh >= 0 && ttl < request.MinFresh * Second ? CacheReason.RequestMinFresh : CacheReason.Fresh;
        if (freshness.MustRevalidate || request.MinFresh >= 0)
            return CacheReason.Stale;
        if (request.MaxStale >= 0 && -ttl <= request.MaxStale * Second)
            return CacheReason.MaxStale;
        return freshness.StaleWhileRevalidate > -ttl ? CacheReason.StaleWhileRevalidate : CacheReason.Stale;
    }

    /// <summary>Judges an answer for a request that came while the origin was making it. The origin's delay doesn't count
    /// as age, but an answer that may be older than the request doesn't meet its no-cache or max-age.</summary>
    /// <param name="lateness">How long after the origin had been asked the request came.</param>
    /// <param name="madeSince">The origin says that the answer was made later than that.</param>
    public static bool SuitsWaiter(in Freshness freshness, in RequestDirectives request, long lateness, bool madeSince, long now)
    {
        if (request.NoCache && !madeSince)
            return false;
        if (request.MaxAge >= 0 && freshness.AgeWhenAsked + (madeSince ? 0 : lateness) > request.MaxAge * Second)
            return false;
        return request.MinFresh < 0 || freshness.TtlAt(now) >= request.MinFresh * Second;
    }

    /// <summary>Why a request asks the origin though what is stored is fresh.</summary>
    public static CacheReason ReasonOf(in RequestDirectives request) => request.NoCache ? CacheReason.RequestNoCache
        : request.MaxAge >= 0 ? CacheReason.RequestMaxAge : CacheReason.RequestMinFresh;

    /// <summary>Judges a stale response whose revalidation failed.</summary>
    /// <param name="unreachable">The origin gave no answer; otherwise it answered with an error.</param>
    /// <returns>Why it may be used, or <see cref="CacheReason.Stale"/>.</returns>
    public static CacheReason JudgeFailure(in Freshness freshness, in RequestDirectives request, bool unreachable, long now)
    {
        if (freshness.ForbidsStale || request.NoCache || request.MinFresh >= 0
            || (request.MaxAge >= 0 && freshness.AgeAt(now) > request.MaxAge * Second))
            return CacheReason.Stale;
        var staleness = -freshness.TtlAt(now);
        if (staleness < Math.Max(freshness.StaleIfError, request.StaleIfError * Second))
            return CacheReason.StaleIfError;
        return unreachable && staleness < freshness.StaleIfUnreachable ? CacheReason.StaleIfUnreachable : CacheReason.Stale;
    }

    /// <summary>Whether a reason allows the use.</summary>
    public static bool IsUse(CacheReason reason) => reason is >= CacheReason.Fresh and <= CacheReason.StaleIfUnreachable;
}
