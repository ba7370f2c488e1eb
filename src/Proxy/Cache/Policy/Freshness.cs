namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>How long a stored response may be used as it is (RFC 9111, section 4.2). Times are milliseconds since 1970, durations
/// milliseconds: a lifetime of one second is no longer than an origin may take to answer.</summary>
/// <param name="ResponseTime">When it came from the origin.</param>
/// <param name="InitialAge">Its age then: in transit, and in caches before.</param>
/// <param name="Lifetime">The age at which it turns stale.</param>
internal readonly record struct Freshness(long ResponseTime, long InitialAge, long Lifetime)
{
    private const long Second = 1000;

    /// <summary>Its age when the origin was asked, as far as caches before this one tell it.</summary>
    public long AgeWhenAsked { get; init; } = InitialAge;

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

    /// <summary>The age as the Age field tells it, in whole seconds.</summary>
    public long AgeSecondsAt(long now) => AgeAt(now) / Second;

    /// <summary>Freshness left; below 0 once stale.</summary>
    public long TtlAt(long now) => Lifetime - AgeAt(now);

    /// <summary>Freshness left in whole seconds, rounded away from 0: a response that is fresh never shows 0, nor one that has turned
    /// stale.</summary>
    public long TtlSecondsAt(long now)
    {
        var ttl = TtlAt(now);
        return (ttl + (ttl > 0 ? Second - 1 : 1 - Second)) / Second;
    }

    public bool IsFreshAt(long now) => !AlwaysAsk && AgeAt(now) < Lifetime;

    /// <summary>Whether it was fresh when the origin was asked. Requests that had come before its head may share it then, though it may
    /// have turned stale while the origin made it, or look stale by the origin's clock.</summary>
    public bool WasFreshWhenAsked => !AlwaysAsk && AgeWhenAsked < Lifetime;

    /// <summary>Whether the origin forbids its use without asking.</summary>
    public bool ForbidsStale => AlwaysAsk || MustRevalidate;

    /// <summary>The longest of the times past its lifetime for which it is kept: for its use, or to tell those who may not use it that the
    /// origin gave no answer.</summary>
    public long StaleWindow => ForbidsStale
        ? StaleIfUnreachable
        : Math.Max(StaleWhileRevalidate, Math.Max(StaleIfError, StaleIfUnreachable));
}
