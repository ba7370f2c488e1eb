using TlsProxy.Proxy.Cache;

namespace TlsProxy.Proxy.Origin;

/// <summary>What an answer means for those who wait for it, and for the next requests of its key.</summary>
/// <param name="IsShareable">Those who asked before its head came may have it, as far as it suits each.</param>
/// <param name="Remembers">The next answers can't be shared either, it is taken (hit-for-miss).</param>
/// <param name="IsTrouble">It is an error of the origin, which isn't asked by each then.</param>
/// <param name="AsksOnceMore">Those whom it isn't for ask once more, together.</param>
internal readonly record struct AnswerVerdict(bool IsShareable, bool Remembers, bool IsTrouble, bool AsksOnceMore)
{
    /// <param name="wasFresh">It may be used after this, or might have been when the origin was asked.</param>
    /// <param name="store">Whether it is stored, or why not.</param>
    public static AnswerVerdict Of(FetchPlan plan, in StoreDecision decision, bool wasFresh, CacheReason store, int status)
    {
        var scope = Cacheability.ScopeOf(status);
        var isTrouble = scope == ErrorScope.Target && status >= 500;
        // What may lie in one request's form isn't for others before another request's form has led to the same.
        var mayBeOwn = scope == ErrorScope.Request && !plan.IsAfterError && !decision.MayStore;
        var isShareable = (decision.IsForWaiters && !mayBeOwn) || (decision.MayStore && wasFresh);
        // Only what an answer says of the target counts: neither an error, nor what lies in one request, its credentials above all.
        var tells = !isTrouble && scope != ErrorScope.Request && !decision.IsOfCredentials
            && decision.Reason is not (CacheReason.Condition or CacheReason.Partial) && plan is not { IsRefresh: true, IsOfOne: true };
        var remembers = plan.IsShared && tells && (!isShareable || store == CacheReason.TooLarge);
        return new AnswerVerdict(isShareable, remembers, isTrouble, isTrouble || (scope == ErrorScope.Request && !isShareable));
    }

    /// <summary>Whether an answer that isn't stored says that nothing is to be kept in its place.</summary>
    public static bool Replaces(FetchPlan plan) =>
        plan is { IsOfOne: false, ForbidsStoring: false, Request.Method: Http.KnownMethod.Get };
}
