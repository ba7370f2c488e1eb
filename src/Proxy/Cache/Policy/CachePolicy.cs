using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Policy;

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
    /// <param name="updates">The answer confirms what is stored, which was made for all: neither HEAD nor the credentials of who asked
    /// count.</param>
    public StoreDecision Judge(RequestHead request, ResponseHead response, PathRule? rule, long requestTime, long now, bool updates = false)
    {
        var directives = ResponseDirectives.Read(response.Fields);
        var refusal = RefusesRequest(request, rule, updates);
        var concernsStoring = refusal is CacheReason.Method or CacheReason.RequestNoStore
            && request is { HasBody: false, Method: KnownMethod.Get or KnownMethod.Head };
        if (refusal != CacheReason.None && !concernsStoring)
            return new StoreDecision(refusal, directives, default);
        var decision = Judge(request, response, directives, rule, requestTime, now, updates);
        if (refusal == CacheReason.None)
            return decision;
        // HEAD and no-store keep it from being stored, not from those who have asked for the same.
        return decision with
        {
            Reason = refusal,
            IsForWaiters = decision.IsForWaiters || (decision.MayStore && decision.Freshness.WasFreshWhenAsked),
        };
    }

    private StoreDecision Judge(
        RequestHead request, ResponseHead response, ResponseDirectives directives, PathRule? rule, long requestTime, long now, bool updates)
    {
        var reason = RefusesResponse(request, response, directives, rule);
        if (reason != CacheReason.None)
            return new StoreDecision(reason, directives, default);
        var isOfOne = !updates && Lifetimes.IsOfOneClient(request);
        var lifetime = Lifetimes.Of(request, response, directives, rule, now, isOfOne, out var fromArrival);
        if (lifetime < 0 && !directives.NoCache)
        {
            var wouldBeForWaiters = Cacheability.ScopeOf(response.Status) is ErrorScope.Target or ErrorScope.Request
                && !response.Fields.Contains(KnownField.SetCookie);
            var arrival = FreshnessOf(response, directives, rule, lifetime: 0, fromArrival: false, requestTime, now);
            return new StoreDecision(WithoutLifetime(response, rule), directives, arrival)
            {
                IsForWaiters = wouldBeForWaiters && !isOfOne,
                IsErrorWithoutLifetime = response.Status >= 400,
                IsOfCredentials = isOfOne
                    && (wouldBeForWaiters || Lifetimes.Of(request, response, directives, rule, now, isOfOne: false, out _) >= 0),
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
    public static bool HasValidator(FieldTable response) =>
        response.Contains(KnownField.ETag) || response.Contains(KnownField.LastModified);

    /// <summary>Why no response to a request may be stored, or none.</summary>
    private CacheReason RefusesRequest(RequestHead request, PathRule? rule, bool updates)
    {
        if (rule is { Bypass: true })
            return CacheReason.Bypass;
        // It answers the offer, which the key doesn't know.
        if (request.WebSocket is not null)
            return CacheReason.Upgrade;
        if (request.Method != KnownMethod.Get && !(updates && request.Method == KnownMethod.Head))
            return CacheReason.Method;
        // The origin may have read its content, which the key doesn't know: such an answer would be given to requests without it.
        if (request.HasBody)
            return CacheReason.RequestContent;
        return DirectivesOf(request.Fields).NoStore ? CacheReason.RequestNoStore : CacheReason.None;
    }

    /// <summary>Why a response may not be stored whatever its lifetime, or none.</summary>
    private CacheReason RefusesResponse(RequestHead request, ResponseHead response, ResponseDirectives directives, PathRule? rule)
    {
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

    /// <summary>What becomes of cookies that responses below a rule set.</summary>
    public SetCookieMode ModeOf(PathRule? rule) => rule?.SetCookies ?? SetCookies;

    /// <summary>Why a response has no lifetime: the cookie it sets may keep a rule's from it.</summary>
    private static CacheReason WithoutLifetime(ResponseHead response, PathRule? rule) =>
        rule?.Lifetime is not null && response.Fields.Contains(KnownField.SetCookie) ? CacheReason.SetCookie : CacheReason.NoLifetime;

    private Freshness FreshnessOf(
        ResponseHead response, ResponseDirectives directives, PathRule? rule, long lifetime, bool fromArrival, long requestTime, long now)
    {
        var age = ResponseAge.Initial(response.Fields, requestTime, now);
        return new Freshness(now, age, fromArrival && lifetime > 0 ? age + lifetime : lifetime)
        {
            AgeWhenAsked = ResponseAge.WhenAsked(response.Fields),
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
