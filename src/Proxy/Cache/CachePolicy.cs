using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>What may be stored, and for whom, as a shared cache (RFC 9111, section 3). Times are milliseconds since 1970, durations
/// milliseconds.</summary>
internal sealed record CachePolicy
{
    private const long Second = 1000;

    /// <summary>How long each response stays fresh.</summary>
    public LifetimePolicy Lifetimes { get; init; } = new();

    public SetCookieMode SetCookies { get; init; }

    /// <summary>What the demands of requests count for.</summary>
    public ClientCacheControl ClientControl { get; init; }

    /// <summary>The rules by path.</summary>
    public PathRules Rules { get; init; } = PathRules.None;

    /// <summary>How long past its lifetime a response is used when the origin can't be reached.</summary>
    public long StaleIfUnreachable { get; init; }

    /// <summary>What a request's Cache-Control and Pragma ask for, as far as that counts.</summary>
    public RequestDirectives DirectivesOf(FieldTable request)
    {
        // Most requests say nothing about caches, and then nothing is read.
        if (!request.Contains(KnownField.CacheControl) && !request.Contains(KnownField.Pragma))
            return RequestDirectives.None;
        var directives = RequestDirectives.Read(request);
        return ClientControl == ClientCacheControl.Ignore ? directives.WithoutDemands() : directives;
    }

    /// <summary>Judges a response.</summary>
    /// <param name="requestTime">When the origin was asked.</param>
    /// <param name="now">When it answered.</param>
    /// <param name="asGet">The request counts as a GET: an answer to HEAD updates what a GET has stored.</param>
    public StoreDecision Judge(RequestHead request, ResponseHead response, PathRule? rule, long requestTime, long now, bool asGet = false)
    {
        var directives = ResponseDirectives.Read(response.Fields);
        var reason = Refuses(request, response, directives, rule, asGet);
        if (reason != CacheReason.None)
            return new StoreDecision(reason, directives, default);
        var lifetime = Lifetimes.Of(request, response, directives, rule, now, out var fromArrival);
        if (lifetime < 0 && !directives.NoCache)
        {
            return new StoreDecision(WithoutLifetime(response, rule), directives, default)
            {
                IsForWaiters = Cacheability.IsNegative(response.Status) && Lifetimes.IsForAll(request, response),
                KeyFields = rule?.KeyFields,
            };
        }

        var freshness = FreshnessOf(response, directives, rule, Math.Max(0, lifetime), fromArrival, requestTime, now);
        var canBeUsed = freshness.IsFreshAt(now) || freshness.WasFreshWhenAsked || HasValidator(response.Fields)
            || freshness is { ForbidsStale: false, StaleWhileRevalidate: > 0 } or { ForbidsStale: false, StaleIfError: > 0 };
        return new StoreDecision(canBeUsed ? CacheReason.Stored : CacheReason.StaleOnArrival, directives, freshness)
        {
            StripsCookies = ModeOf(rule) == SetCookieMode.Strip,
            KeyFields = rule?.KeyFields,
        };
    }

    /// <summary>Whether the origin can be asked if a response still holds.</summary>
    public static bool HasValidator(FieldTable response) => response.Contains(KnownField.ETag) || response.Contains(KnownField.LastModified);

    /// <summary>Why a response may not be stored whatever its lifetime, or none.</summary>
    private CacheReason Refuses(RequestHead request, ResponseHead response, ResponseDirectives directives, PathRule? rule, bool asGet)
    {
        if (rule is { Bypass: true })
            return CacheReason.Bypass;
        if (request.Method != KnownMethod.Get && !asGet)
            return CacheReason.Method;
        // The origin may have read its content, which the key doesn't know: such an answer would be given to requests without it.
        if (request.HasBody)
            return CacheReason.RequestContent;
        if (DirectivesOf(request.Fields).NoStore)
            return CacheReason.RequestNoStore;
        if (Cacheability.AnswersCondition(response.Status))
            return CacheReason.Condition;
        if (Cacheability.AnswersRange(response.Status))
            return CacheReason.Partial;
        if (directives.MustUnderstand && !Cacheability.IsUnderstood(response.Status))
            return CacheReason.StatusNotUnderstood;
        if (directives is { NoStore: true, MustUnderstand: false })
            return CacheReason.ResponseNoStore;
        if (directives.Private)
            return CacheReason.Private;
        if (VaryKey.IsAnything(response.Fields))
            return CacheReason.VariesOnAnything;
        if (request.Fields.Contains(KnownField.Authorization) && !directives.SharesAuthorized)
            return CacheReason.Authorization;
        var refusesCookies = ModeOf(rule) == SetCookieMode.Pass;
        return refusesCookies && response.Fields.Contains(KnownField.SetCookie) ? CacheReason.SetCookie : CacheReason.None;
    }

    private SetCookieMode ModeOf(PathRule? rule) => rule?.SetCookies ?? SetCookies;

    /// <summary>Why a response has no lifetime: the cookie it sets may keep a rule's from it.</summary>
    private static CacheReason WithoutLifetime(ResponseHead response, PathRule? rule) =>
        rule?.Lifetime is not null && response.Fields.Contains(KnownField.SetCookie) ? CacheReason.SetCookie : CacheReason.NoLifetime;

    private Freshness FreshnessOf(
        ResponseHead response, ResponseDirectives directives, PathRule? rule, long lifetime, bool fromArrival, long requestTime, long now)
    {
        var age = ResponseAge.Initial(response.Fields, requestTime, now);
        return new Freshness(now, age, fromArrival && lifetime > 0 ? age + lifetime : lifetime)
        {
            AgeWhenAsked = ResponseAge.WhenAsked(response.Fields, requestTime, now),
            AlwaysAsk = directives.NoCache,
            MustRevalidate = directives.MustRevalidate,
            StaleWhileRevalidate = Window(directives.StaleWhileRevalidate, rule?.StaleWhileRevalidate),
            StaleIfError = Window(directives.StaleIfError, rule?.StaleIfError),
            StaleIfUnreachable = StaleIfUnreachable,
        };
    }

    /// <summary>The origin's window, in seconds, before that of the rule.</summary>
    private static long Window(long said, long? ruled) => said >= 0 ? said * Second : ruled ?? 0;
}
