using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Makes a response of the head of an answer, and decides what of it is stored and for whom it is; on the origin's
/// thread.</summary>
internal sealed class AnswerMaking(AnswerContext context, PartKeeping parts, AnswerStoring storing)
{
    /// <param name="arriving">Fills the body, and learns which part is kept.</param>
    /// <param name="head">The final one of the answer.</param>
    /// <param name="now">When it came, in milliseconds since 1970.</param>
    /// <param name="incomplete">What is there already of the response whose rest arrives.</param>
    /// <param name="forwardStatus">The origin's status where it isn't the answer's; 0 otherwise.</param>
    public JudgedAnswer Make(
        IArrival arriving, ResponseHead head, long now, PartialResponse? incomplete = null, int forwardStatus = 0)
    {
        var (fetch, services) = (arriving.Fetch, context.Services);
        ref readonly var plan = ref fetch.Plan;
        var decision = services.Policy.Judge(plan.Request, head, plan.Rule, fetch.Times.AskedAt, now);
        context.Freshening.OnAnswer(plan, head, now, fetch.Times.Order);
        context.Invalidation.OnAnswer(fetch, head);
        var length = LengthOf(head);
        var body = new Body(services.Pool, length, arriving);
        var isBodiless = plan.Request.Method == KnownMethod.Head;
        var entry = decision.MayStore || decision.IsForWaiters
            ? CacheEntry.Create(plan.Request, head, body, decision, now, fetch.Times.Order, isBodiless) : null;
        var forwarded = ForwardedAnswer.Of(head, body, entry, decision.Directives, isBodiless);
        var store = Hold(arriving, head, body, decision, now);
        ForgetReplaced(fetch, head, store, now);
        if (length == 0)
        {
            // Nothing follows the head that could say that it is whole.
            body.Complete();
            if (store == CacheReason.Stored)
                storing.Store(fetch, entry!);
        }

        var verdict = AnswerVerdict.Of(plan, decision, entry?.Freshness.WasFreshWhenAsked == true, store, head.Status);
        var kept = store == CacheReason.Stored ? entry : arriving.Part?.Whole;
        var note = new CacheNote(
            store == CacheReason.Stored ? CacheOutcome.Miss : CacheOutcome.Pass, plan.Reuse, store,
            entry is not null && head.Fields.Contains(KnownField.Age) ? entry.Freshness.AgeSecondsAt(now) : -1,
            kept is null ? CacheNote.NoTtl : kept.Freshness.TtlSecondsAt(now), forwardStatus);
        var answer = new JudgedAnswer(forwarded, entry, verdict, note, decision.IsOfCredentials);
        // Last: from here on the body is the fetch's, which gives it back whatever happens.
        incomplete?.AddPrefixTo(body);
        return answer;
    }

    private static long? LengthOf(ResponseHead head) => head.Framing switch
    {
        BodyFraming.Length => head.ContentLength,
        BodyFraming.None => 0,
        _ => null,
    };

    /// <summary>Decides whether all of the body is held or a window of it.</summary>
    /// <returns>Whether the answer is stored, or why not.</returns>
    private CacheReason Hold(IArrival arriving, ResponseHead head, Body body, in StoreDecision decision, long now)
    {
        // What several share is held as if it were stored, since none of them is to wait for another.
        var isHeld = decision.MayStore
            || (decision is { IsForWaiters: true, Reason: CacheReason.RequestNoStore } && arriving.Fetch.Subscribers > 1);
        var reason = isHeld && LengthOf(head) > context.Services.ObjectMaximum ? CacheReason.TooLarge : decision.Reason;
        arriving.Part = parts.Find(arriving.Fetch, head, now);
        if (arriving.Part is not null)
            reason = CacheReason.StoredPart;
        if (reason == CacheReason.TooLarge || !(isHeld || arriving.Part is not null))
            body.LimitToWindow(context.Services.Window);
        return reason;
    }

    /// <summary>Where what came in its place isn't stored, a stale response is of no use any more. Other errors say nothing about
    /// it.</summary>
    private void ForgetReplaced(Fetch fetch, ResponseHead head, CacheReason store, long now)
    {
        if (store != CacheReason.Stored && head.Status is < 400 or 404 or 410 && AnswerVerdict.Replaces(fetch.Plan)
            && fetch.Revalidation.Selected is { } replaced && !replaced.Freshness.IsFreshAt(now))
            context.Services.Cache.Remove(fetch.Plan.Key, replaced);
    }
}
