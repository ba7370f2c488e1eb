using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>What holds for some paths in place of what holds for all. Durations are milliseconds; null leaves the general value.</summary>
/// <remarks>Its many fields are one setting each, as the file of rules names them.</remarks>
internal sealed record PathRule(PathPattern Path)
{
    /// <summary>Requests go past the cache, and nothing is stored.</summary>
    public bool Bypass { get; init; }

    /// <summary>A range of what isn't stored is asked of the origin as such, in place of the whole.</summary>
    public bool PassesRanges { get; init; }

    /// <summary>Whether requests may switch to WebSocket, in place of what holds for all.</summary>
    public bool? AllowsWebSocket { get; init; }

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

    /// <summary>Requests with any of these cookies go past the cache; null for none.</summary>
    public CookiePatterns? BypassCookies { get; init; }

    /// <summary>Requests with any of these fields go past the cache.</summary>
    public FieldNames BypassFields { get; init; } = FieldNames.None;

    /// <summary>Cookies that aren't sent to the origin with what may be answered from the cache, and don't count there; null for
    /// none.</summary>
    public CookiePatterns? IgnoredCookies { get; init; }

    /// <summary>Names of request fields that select a response as those do that Vary names.</summary>
    public byte[][] KeyFields { get; init; } = [];

    /// <summary>What the origin gets otherwise than the client sent it.</summary>
    public FieldChanges? RequestFields { get; init; }

    /// <summary>What cache and clients get otherwise than the origin sent it.</summary>
    public FieldChanges? ResponseFields { get; init; }

    /// <summary>Media types of the responses to which the lifetimes apply, as patterns; empty for all.</summary>
    public byte[][] Types { get; init; } = [];

    /// <summary>The origin is asked what the client wrote, though the key says less.</summary>
    public bool ForwardsRaw { get; init; }

    /// <summary>Puts the target that the key names in place of the client's: what the key leaves out mustn't shape an answer that others
    /// get.</summary>
    /// <param name="request">Nobody else uses it yet.</param>
    public void Normalise(RequestHead request)
    {
        if (Key is not null && !ForwardsRaw && !Bypass)
            request.ReplaceTarget(Key.TargetOf(request.Target));
    }

    /// <summary>Whether it keeps responses from clients that other rules would give them to.</summary>
    public bool Separates => Bypass || BypassCookies is not null || BypassFields != FieldNames.None || KeyFields.Length > 0;

    /// <summary>Whether it keeps responses from others, or from a lifetime that a rule behind it gives.</summary>
    public bool Withholds => Separates || (Lifetime is null or 0 && Default is null or 0);

    /// <summary>Whether a request goes past the cache for its cookies or fields.</summary>
    public bool IsBypassedBy(RequestHead request) =>
        BypassCookies?.AreAnyIn(request.Fields) == true || BypassFields.IsAnyIn(request.Fields);

    /// <summary>Takes out of a request what the origin won't get, so that it selects nothing in the cache. Nothing is allocated.</summary>
    public void Prepare(RequestHead request)
    {
        IgnoredCookies?.RemoveFrom(request.Fields);
        RequestFields?.TakeFrom(request.Fields);
    }

    /// <summary>Whether the lifetimes of successful responses hold for one of this type.</summary>
    public bool Fits(FieldTable response) => Types.Length == 0 || ContentTypes.Fits(Types, response);
}
