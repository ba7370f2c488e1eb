using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>What an answer means for those who wait for it, and for the next requests of its key.</summary>
/// <param name="Audience">Whom of those it is for who asked before its head came, as far as it suits each.</param>
/// <param name="Remembers">The next answers can't be shared either, it is taken (hit-for-miss).</param>
/// <param name="IsTrouble">It is an error of the origin, which isn't asked by each then.</param>
/// <param name="AsksOnceMore">Those whom it isn't for ask once more, together.</param>
internal readonly record struct AnswerVerdict(AnswerAudience Audience, bool Remembers, bool IsTrouble, bool AsksOnceMore)
{
    /// <summary>Others may have it than the client whose request was forwarded.</summary>
    public bool IsShareable => Audience != AnswerAudience.Leader;

    /// <param name="wasFresh">It may be used after this, or might have been when the origin was asked.</param>
    /// <param name="store">Whether it is stored, or why not.</param>
    public static AnswerVerdict Of(FetchPlan plan, in StoreDecision decision, bool wasFresh, CacheReason store, int status)
    {
        var scope = Cacheability.ScopeOf(status);
        var isTrouble = scope == ErrorScope.Target && status >= 500;
        var audience = AudienceOf(plan, decision, wasFresh, scope, isTrouble);
        var isShareable = audience != AnswerAudience.Leader;
        // Only what an answer says of the target counts: neither an error, nor what lies in one request, its credentials above all.
        var tells = !isTrouble && scope is ErrorScope.None or ErrorScope.Target && !decision.IsOfCredentials
            && decision.Reason is not (CacheReason.Condition or CacheReason.Partial) && plan is not { IsRefresh: true, IsOfOne: true };
        var remembers = plan.IsShared && tells && (!isShareable || store == CacheReason.TooLarge);
        var isOfRequest = scope == ErrorScope.Request && audience is AnswerAudience.Leader or AnswerAudience.Alike;
        return new AnswerVerdict(audience, remembers, isTrouble, isTrouble || isOfRequest);
    }

    private static AnswerAudience AudienceOf(FetchPlan plan, in StoreDecision decision, bool wasFresh, ErrorScope scope, bool isTrouble)
    {
        if (decision.MayStore)
            return wasFresh ? AnswerAudience.All : AnswerAudience.Leader;
        if (!decision.IsForWaiters)
            return AnswerAudience.Leader;
        if (!decision.IsErrorWithoutLifetime || isTrouble)
            return AnswerAudience.All;
        if (scope == ErrorScope.Target)
            return AnswerAudience.WithoutCredentials;
        // What may lie in one request's form isn't for others before another request has led to the same.
        return plan.IsAfterError ? AnswerAudience.Alike : AnswerAudience.Leader;
    }

    /// <summary>Whether an answer that isn't stored says that nothing is to be kept in its place.</summary>
    public static bool Replaces(FetchPlan plan) =>
        plan is { IsOfOne: false, ForbidsStoring: false, Request.Method: Http.KnownMethod.Get };
}
