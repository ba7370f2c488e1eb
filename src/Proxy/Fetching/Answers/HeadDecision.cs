using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Decides what the head of an answer means: a response that arrives, the rest of one, a confirmation, an error that a stored
/// response covers, or nothing of use. On the origin's thread.</summary>
internal sealed class HeadDecision(
    AnswerContext context, AnswerMaking making, AnswerSharing sharing, NotModifiedAnswer notModified, FailureAnswers failures)
{
    /// <param name="head">The final one, as the origin sent it.</param>
    public void Decide(IArrival arriving, ResponseHead head)
    {
        var (fetch, services) = (arriving.Fetch, context.Services);
        Prepare(fetch, head);
        var revalidation = fetch.Revalidation;
        if (revalidation.Incomplete is { } incomplete)
            DecideOnRest(arriving, incomplete, head);
        else if (AnswerCheck.IsUnasked(head, fetch.Request.Fields, fetch.Plan.Request.Fields))
            failures.Refuse(fetch);
        else if (head.Status == 304 && revalidation.IsConditional && revalidation.IsConfirmedBy(head))
            notModified.Give(fetch, revalidation.Selected!, head, services.Now);
        // The conditions were the cache's: no client has asked for such an answer.
        else if (head.Status is 304 or 412 && revalidation.IsConditional)
            Repeat(fetch);
        else if (FailureAnswers.IsTrouble(head.Status) && failures.TryAnswerStale(fetch, OriginFailure.None, head.Status))
            fetch.Request.Cancel();
        else
            Begin(arriving, head, services.Now);
    }

    /// <summary>Answers the only one who waits with a 101, behind which its tunnel opens.</summary>
    /// <returns>False where nobody waits any more.</returns>
    public bool TrySwitch(Fetch fetch, ResponseHead head, IOriginTunnel tunnel)
    {
        Prepare(fetch, head);
        var response = new Response(head, Body.Empty());
        var note = new CacheNote(CacheOutcome.Pass, fetch.Plan.Reuse, CacheReason.Upgrade);
        var isTaken = fetch.TakeWaiters() is [var waiter] && waiter.TrySwitch(response, tunnel, note);
        response.Release();
        return isTaken;
    }

    /// <summary>Notes when the head came, and changes it as the route and the rules have it.</summary>
    private void Prepare(Fetch fetch, ResponseHead head)
    {
        var came = context.Shards.Numbers.NextMoment();
        RoutedFields.Apply(fetch.Plan.Route, head.Fields, fetch.Plan.Request, fetch.Request.Fields);
        fetch.Plan.Rule?.ResponseFields?.ApplyTo(head.Fields);
        fetch.Times.OnHead(head, came);
    }

    /// <summary>The answer to a request for the rest of a response.</summary>
    private void DecideOnRest(IArrival arriving, PartialResponse incomplete, ResponseHead head)
    {
        var fetch = arriving.Fetch;
        if (IsRestOf(incomplete, head))
        {
            var now = context.Services.Now;
            var updated = StoredHead.Update(incomplete.Whole.Head, head, now, takesCookies: true);
            Begin(arriving, PartialHead.ToWhole(updated, incomplete.Total), now, incomplete, head.Status);
            return;
        }

        // An answer about the rest that doesn't fit is about another response, whoever asked; so is one about the whole that is for all.
        var isOfRest = head.Status is 206 or 304 or 412 or 416;
        if (isOfRest || (head.Status is < 400 or 404 or 410 && !fetch.Plan.IsOfOne))
            context.Services.Cache.Parts.Remove(fetch.Plan.Key, incomplete);
        if (isOfRest)
            Repeat(fetch);
        else
            Begin(arriving, head, context.Services.Now);
    }

    private static bool IsRestOf(PartialResponse incomplete, ResponseHead head) =>
        head.Status == 206 && head.Fields.TryGet(KnownField.ContentRange, out var value)
        && ContentRangeField.TryRead(value, out var span, out var total)
        && span.Start == incomplete.PrefixLength && span.End == total && total == incomplete.Total
        && (head.Framing != BodyFraming.Length || head.ContentLength == span.Length) && incomplete.IsOf(head);

    private void Begin(
        IArrival arriving, ResponseHead head, long now, PartialResponse? incomplete = null, int forwardStatus = 0) =>
        sharing.Share(arriving.Fetch, making.Make(arriving, head, now, incomplete, forwardStatus), now);

    private void Repeat(Fetch fetch)
    {
        context.Dispersal.Repeat(fetch, fetch.TakeWaiters());
        fetch.Request.Cancel();
    }
}
