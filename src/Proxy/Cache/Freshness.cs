namespace TlsProxy.Proxy.Cache;

/// <summary>How long a stored response may be used as it is (RFC 9111, section 4.2). Times are seconds since 1970, durations seconds.</summary>
/// <param name="ResponseTime">When it came from the origin.</param>
/// <param name="InitialAge">Its age then: in transit, and in caches before.</param>
/// <param name="Lifetime">The age at which it turns stale.</param>
/// <param name="AlwaysAsk">no-cache: it is used only after the origin was asked.</param>
/// <param name="MustRevalidate">Once stale it is used only after the origin was asked.</param>
internal readonly record struct Freshness(long ResponseTime, long InitialAge, long Lifetime, bool AlwaysAsk, bool MustRevalidate)
{
    public long AgeAt(long now) => InitialAge + Math.Max(0, now - ResponseTime);

    public bool IsFreshAt(long now) => !AlwaysAsk && AgeAt(now) < Lifetime;
}
