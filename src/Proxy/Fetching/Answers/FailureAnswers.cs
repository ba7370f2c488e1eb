using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>What those who wait get where the origin gives no answer, or an error: a stored response that may stand in (RFC 9111, section
/// 4.2.4; RFC 5861, section 4), or else the failure. On the origin's thread.</summary>
internal sealed class FailureAnswers(AnswerContext context)
{
    /// <summary>Errors of an origin in trouble: a stored response stands in for them where it may, and they tell nothing about the response
    /// that they come in place of.</summary>
    public static bool IsTrouble(int status) => status is 500 or 502 or 503 or 504;

    /// <summary>Answers with the stored response that the origin was asked about, if it may stand in.</summary>
    /// <param name="failure">Why there is no answer of the origin, or none where it answered with an error.</param>
    /// <param name="forwardStatus">The origin's error, or 0 where it gave no answer.</param>
    /// <returns>False when nobody was answered.</returns>
    public bool TryAnswerStale(Fetch fetch, OriginFailure failure, int forwardStatus)
    {
        var unreachable = failure != OriginFailure.None;
        if (fetch.Revalidation.Selected is not { } stale)
            return TryAnswerLeader(fetch, unreachable, forwardStatus);
        var now = context.Services.Now;
        // By when the origin was asked: waiting for it, which may take longer than a response may be stale, takes nothing away.
        var askedAt = fetch.Times.AskedAt;
        var leaders = fetch.Leader?.Directives ?? RequestDirectives.None;
        if (ReusePolicy.JudgeFailure(stale.Freshness, leaders, unreachable, askedAt) == CacheReason.Stale)
            return false;
        var others = new List<FetchTicket>();
        var waiters = fetch.TakeWaiters();
        context.Shards.Retire(fetch, remember: false);
        foreach (var waiter in waiters)
        {
            var serves = waiter == fetch.Leader || stale.Serves(waiter.Request);
            if (!(serves && waiter.TryAnswerStale(stale, unreachable, forwardStatus, askedAt, now))
                && !TryAnswer(fetch, waiter, unreachable, forwardStatus))
                others.Add(waiter);
        }

        if (unreachable)
            others.ForEach(waiter => waiter.AnswerFailure(failure));
        else
            context.Dispersal.AskOnceMore(fetch, [.. others], isTrouble: true, isForOne: false);
        return true;
    }

    /// <summary>Answers a waiter with what is stored for its own request, if that may stand in; what the origin had to see isn't answered
    /// without it.</summary>
    public bool TryAnswer(Fetch fetch, FetchTicket waiter, bool unreachable, int forwardStatus) =>
        fetch.Plan.Reuse is not (CacheReason.Bypass or CacheReason.Method or CacheReason.Upgrade)
        && waiter.TryAnswerStale(
            context.Services.Cache, fetch.Plan.Rule, unreachable, forwardStatus, fetch.Times.AskedAt, context.Services.Now);

    /// <summary>Answers those who wait with what is stored for them, where that may stand in, or with the failure.</summary>
    public void AnswerAll(Fetch fetch, OriginFailure failure)
    {
        var waiters = fetch.TakeWaiters();
        context.Shards.Retire(fetch, remember: false);
        var isUnreachable = OriginFailures.IsUnreachable(failure) || failure == OriginFailure.Unconfirmed;
        foreach (var waiter in waiters)
        {
            if (!isUnreachable || !TryAnswer(fetch, waiter, unreachable: true, forwardStatus: 0))
                waiter.AnswerFailure(failure);
        }
    }

    /// <summary>Refuses an answer that nobody can make sense of: it is none.</summary>
    public void Refuse(Fetch fetch)
    {
        const OriginFailure Failure = OriginFailure.Malformed;
        var hasClients = fetch.Subscribers > 0;
        var isCovered = TryAnswerStale(fetch, Failure, forwardStatus: 0);
        context.Services.Troubles.Note(
            Failure, trouble: null, OriginTroubles.Outcome(hasBegun: false, isCovered, hasClients, Failure));
        if (!isCovered)
            AnswerAll(fetch, Failure);
        fetch.Request.Cancel();
    }

    /// <summary>Answers the only one who waits with what is stored for it, where the origin wasn't asked about that: HEAD, and GET of a key
    /// that isn't shared.</summary>
    private bool TryAnswerLeader(Fetch fetch, bool unreachable, int forwardStatus) =>
        !fetch.Plan.IsShared && fetch.TryAnswerLeader(leader => TryAnswer(fetch, leader, unreachable, forwardStatus));
}
