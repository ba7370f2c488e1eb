namespace TlsProxy.Proxy.Cache;

/// <summary>How long a stored response may be used as it is (RFC 9111, section 4.2). Times are seconds since 1970, durations seconds.</summary>
/// <param name="ResponseTime">When it came from the origin.</param>
/// <param name="InitialAge">Its age then: in transit, and in caches before.</param>
/// <param name="Lifetime">The age at which it turns stale.</param>
internal readonly record struct Freshness(long ResponseTime, long InitialAge, long Lifetime)
{
    /// <summary>no-cache: it is used only after the origin was asked.</summary>
    public bool AlwaysAsk { get; init; }

    /// <summary>Once stale it is used only after the origin was asked.</summary>
    public bool MustRevalidate { get; init; }

    /// <summary>How long past its lifetime it is used while the origin is asked (RFC 5861, section 3).</summary>
    public long StaleWhileRevalidate { get; init; }

    /// <summary>How long past its lifetime it is used when the origin answers with an error (RFC 5861, section 4).</summary>
    public long StaleIfError { get; init; }

    /// <summary>How long past its lifetime it is used when the origin can't be reached (RFC 9111, section 4.2.4).</summary>
    public long StaleIfUnreachable { get; init; }

    public long AgeAt(long now) => InitialAge + Math.Max(0, now - ResponseTime);

    /// <summary>Seconds of freshness left; below 0 once stale.</summary>
    public long TtlAt(long now) => Lifetime - AgeAt(now);

    public bool IsFreshAt(long now) => !AlwaysAsk && AgeAt(now) < Lifetime;

    /// <summary>Whether the origin forbids its use without asking.</summary>
    public bool ForbidsStale => AlwaysAsk || MustRevalidate;

    /// <summary>The longest of the times past its lifetime for which it is kept: for its use, or to tell those who may not use it that the origin gave no
    /// answer.</summary>
    public long StaleWindow => ForbidsStale ? StaleIfUnreachable : Math.Max(StaleWhileRevalidate, Math.Max(StaleIfError, StaleIfUnreachable));
}
