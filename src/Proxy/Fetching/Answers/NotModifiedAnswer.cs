using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Applies a 304 to the stored response that it confirms, and answers with that (RFC 9111, section 4.3.4); on the origin's
/// thread.</summary>
internal sealed class NotModifiedAnswer(AnswerContext context, AnswerStoring storing)
{
    /// <param name="now">When the 304 came, in milliseconds since 1970.</param>
    public void Give(Fetch fetch, CacheEntry confirmed, ResponseHead notModified, long now)
    {
        var (plan, services) = (fetch.Plan, context.Services);
        // A cookie that comes with it is for the one who asked; what it confirms was made for all, and is theirs without the cookie.
        var takesCookies = services.Policy.ModeOf(plan.Rule) == SetCookieMode.Store;
        var head = StoredHead.Update(confirmed.Head, notModified, now, takesCookies);
        var decision = services.Policy.Judge(plan.Request, head, plan.Rule, fetch.Times.AskedAt, now, updates: true);
        var entry = CacheEntry.Create(plan.Request, head, confirmed.Response.Body, decision, now, fetch.Times.Order);
        if (decision.MayStore)
            storing.Store(fetch, entry);
        else if (AnswerVerdict.Replaces(plan))
            services.Cache.Remove(plan.Key, confirmed);
        var verdict = AnswerVerdict.Of(plan, decision, entry.Freshness.WasFreshWhenAsked, decision.Reason, head.Status);
        var waiters = fetch.TakeWaiters();
        context.Shards.Retire(fetch, verdict.Remembers);
        var note = new CacheNote(
            CacheOutcome.Revalidated, plan.Reuse, decision.MayStore ? CacheReason.Updated : decision.Reason,
            notModified.Fields.Contains(KnownField.Age) ? ResponseAge.Initial(head.Fields, fetch.Times.AskedAt, now) / 1000 : -1,
            decision.MayStore ? entry.Freshness.TtlSecondsAt(now) : CacheNote.NoTtl, ForwardStatus: 304);
        var shared = new SharedAnswer(entry, fetch.Times.MadeAt, fetch.Times.AskedAt, now);
        FetchTicket[] others = [.. waiters.Where(waiter => waiter != fetch.Leader && !(verdict.IsShareable && shared.Suits(waiter)))];
        var whole = takesCookies ? head : StoredHead.Update(confirmed.Head, notModified, now, takesCookies: true);
        var leaders = ForwardedAnswer.Of(whole, entry.Response.Body, entry, decision.Directives, isBodiless: false);
        foreach (var waiter in waiters.Except(others))
            waiter.TryAnswer(waiter == fetch.Leader ? leaders : entry.Response, note);
        if (verdict.IsShareable)
            context.Dispersal.ByVariant(plan, others, head);
        else
            context.Dispersal.Alone(plan, others, isManaged: true);
    }
}
