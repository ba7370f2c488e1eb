using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>Whether a stored response may answer a request (RFC 9111, sections 4.2 and 5.2.1).</summary>
internal static class ReusePolicy
{
    /// <summary>Judges a stored response that the request selects.</summary>
    /// <returns>Why it may be used (<see cref="IsUse"/>), or why the origin must be asked.</returns>
    public static CacheReason Judge(in Freshness freshness, in RequestDirectives request, long now)
    {
        if (request.NoCache)
            return CacheReason.RequestNoCache;
        if (freshness.AlwaysAsk)
            return CacheReason.ResponseNoCache;
        var age = freshness.AgeAt(now);
        if (request.MaxAge >= 0 && age > request.MaxAge)
            return CacheReason.RequestMaxAge;
        var ttl = freshness.Lifetime - age;
        if (ttl > 0)
            return request.MinFresh >= 0 && ttl < request.MinFresh ? CacheReason.RequestMinFresh : CacheReason.Fresh;
        if (freshness.MustRevalidate || request.MinFresh >= 0)
            return CacheReason.Stale;
        if (request.MaxStale >= 0 && -ttl <= request.MaxStale)
            return CacheReason.MaxStale;
        return freshness.StaleWhileRevalidate > -ttl ? CacheReason.StaleWhileRevalidate : CacheReason.Stale;
    }

    /// <summary>Judges a stale response whose revalidation failed.</summary>
    /// <param name="unreachable">The origin gave no answer; otherwise it answered with an error.</param>
    /// <returns>Why it may be used, or <see cref="CacheReason.Stale"/>.</returns>
    public static CacheReason JudgeFailure(in Freshness freshness, in RequestDirectives request, bool unreachable, long now)
    {
        if (freshness.ForbidsStale || request.NoCache || request.MinFresh >= 0 || (request.MaxAge >= 0 && freshness.AgeAt(now) > request.MaxAge))
            return CacheReason.Stale;
        var staleness = -freshness.TtlAt(now);
        if (staleness < Math.Max(freshness.StaleIfError, request.StaleIfError))
            return CacheReason.StaleIfError;
        return unreachable && staleness < freshness.StaleIfUnreachable ? CacheReason.StaleIfUnreachable : CacheReason.Stale;
    }

    /// <summary>Whether a reason allows the use.</summary>
    public static bool IsUse(CacheReason reason) => reason is >= CacheReason.Fresh and <= CacheReason.StaleIfUnreachable;
}
