namespace TlsProxy.Proxy.Cache;

/// <summary>What holds for some paths in place of what holds for all. Durations are seconds; null leaves the general value.</summary>
internal sealed record PathRule(PathPattern Path)
{
    /// <summary>Requests go past the cache, and nothing is stored.</summary>
    public bool Bypass { get; init; }

    /// <summary>A range of what isn't stored is asked of the origin as such, in place of the whole.</summary>
    public bool PassesRanges { get; init; }

    /// <summary>The lifetime of storable responses below 400, in place of what the origin says.</summary>
    public long? Lifetime { get; init; }

    /// <summary>The lifetime of a 200 whose origin says nothing.</summary>
    public long? Default { get; init; }

    /// <summary>The lifetime of errors whose origin says nothing.</summary>
    public long? Negative { get; init; }

    /// <summary>Where the origin doesn't say (RFC 5861, section 3).</summary>
    public long? StaleWhileRevalidate { get; init; }

    /// <summary>Where the origin doesn't say (RFC 5861, section 4).</summary>
    public long? StaleIfError { get; init; }

    /// <summary>What becomes of responses with Set-Cookie, in place of what holds for all; <see cref="Lifetime"/> holds for them only where
    /// the rule says it.</summary>
    public SetCookieMode? SetCookies { get; init; }

    /// <summary>Which targets share a key; null for none.</summary>
    public KeyNormalization? Key { get; init; }

    /// <summary>Whether it keeps responses from clients that other rules would give them to.</summary>
    public bool Separates => Bypass;
}
