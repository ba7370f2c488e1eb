using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Sends waiters whom an answer wasn't for to further fetches, together or each for itself. On the thread that the answer came
/// on.</summary>
internal sealed class Dispersal(FetchServices services, FetchShards shards, StoredAnswers stored, FetchStarts starts)
{
    /// <summary>Asks once more, without conditions: the answer was about none of what they named.</summary>
    public void Repeat(Fetch fetch, FetchTicket[] waiters)
    {
        shards.Retire(fetch, remember: false);
        var plan = fetch.Plan;
        if (plan.Drawing != 0 && waiters.Length > 0 && Array.TrueForAll(waiters, static waiter => waiter.IsOfOne))
            starts.Together(plan, waiters, isConditional: false, DrawAmong(waiters, plan));
        else if (waiters.Length > 0 || plan.IsRefresh)
            starts.Together(plan, waiters, isConditional: false);
    }

    /// <summary>Asks once more for those whom an error wasn't for, all together. An error of an origin in trouble answers those whom it
    /// counts for, so that it isn't asked by each; a second error that may lie in the request has each other form of a request ask once,
    /// and each with credentials for itself.</summary>
    /// <param name="fetch">The one that the error came to.</param>
    /// <param name="isTrouble">The error is the origin's; otherwise it may be each request's own.</param>
    /// <param name="isForOne">It is for its client alone, whatever the others' requests say.</param>
    public void AskOnceMore(Fetch fetch, FetchTicket[] tickets, bool isTrouble, bool isForOne)
    {
        var plan = fetch.Plan;
        var isFirst = plan.IsOfOne ? !plan.IsAfterOwnError : !plan.IsAfterError;
        if (isForOne && !isTrouble && !isFirst && !plan.IsOfOne)
        {
            // A third would be for one, too: all would wait for each, and more would come meanwhile.
            Alone(plan, tickets, isManaged: false);
            return;
        }

        if (isTrouble)
        {
            var answered = Array.FindAll(tickets, ticket => IsTroubleOf(ticket, plan));
            Array.ForEach(answered, static ticket => ticket.AnswerFailure(OriginFailure.InTrouble));
            tickets = [.. tickets.Except(answered)];
            isFirst = true;
        }

        var next = plan.IsOfOne
            ? plan with { IsAfterOwnError = true }
            : plan with { ErrorSource = WaitersForms.OfForwarded(fetch, services.Fields) };
        // What follows an error to credentials is for all only where one without them asks.
        var together = WithoutCredentials(tickets, others: isFirst);
        var rest = tickets.Except(together).ToArray();
        var forms = WaitersForms.Group(together, next, services.Fields);
        if (isFirst || plan.IsOfOne)
            TogetherIfAny(next, [.. forms.SelectMany(static form => form)]);
        else
            forms.ForEach(form => TogetherIfAny(next, form));
        if (!isFirst)
        {
            Alone(plan with { IsOfOne = false }, rest, isManaged: false);
            return;
        }

        // Those with HEAD can't be drawn beside a GET: the second time they ask apart, so as not to wait for one GET after the other.
        foreach (var drawn in rest.GroupBy(ticket => plan.Drawing != 0 && ticket.Request.Method == KnownMethod.Head))
            starts.Together(next, [.. drawn], isConditional: true, DrawAmong([.. drawn], plan));
    }

    /// <summary>Sends those to fetches, all at once, whom an answer wasn't for that can't be shared.</summary>
    /// <param name="isManaged">The next answers may be stored.</param>
    /// <param name="isOfCredentials">It can't be shared for the sake of cookies or credentials alone, and the next may be.</param>
    /// <param name="passesRanges">The whole is too large to be stored: a range is asked for as it is.</param>
    public void Alone(FetchPlan plan, FetchTicket[] tickets, bool isManaged, bool isOfCredentials = false, bool passesRanges = false)
    {
        tickets = [.. tickets.Where(ticket => !stored.TryAnswer(ticket, plan))];
        var together = plan.IsOfOne ? WithoutCredentials(tickets, isOfCredentials) : [];
        if (together.Length > 0)
            starts.Together(plan with { Reuse = together[0].Reuse }, together, isConditional: true);
        foreach (var ticket in tickets.Except(together))
        {
            var own = plan.For(ticket) with { Reuse = CacheReason.HitForMiss };
            var passes = passesRanges && ticket.Request.Fields.Contains(KnownField.Range);
            if (isManaged || (ticket.Stale is not null && !passes))
                starts.Managed(ticket, own);
            else
                starts.Past(ticket, own);
        }
    }

    /// <summary>Sends those to fetches, all at once, whom an answer wasn't for that may be shared: those who need the same other variant,
    /// or a later answer, share a fetch again.</summary>
    /// <param name="head">The answer.</param>
    public void ByVariant(FetchPlan plan, FetchTicket[] tickets, ResponseHead head)
    {
        var variants = new List<(VaryKey Vary, List<FetchTicket> Tickets)>();
        foreach (var ticket in tickets)
        {
            if (stored.TryAnswer(ticket, plan))
                continue;
            var vary = VaryKey.Of(head, ticket.Request, plan.Rule?.KeyFields);
            var place = variants.FindIndex(variant => variant.Vary.SameAs(vary));
            if (place < 0)
                variants.Add((vary, [ticket]));
            else
                variants[place].Tickets.Add(ticket);
        }

        foreach (var (_, together) in variants)
        {
            var reason = together[0].Directives.Restricts ? ReusePolicy.ReasonOf(together[0].Directives) : CacheReason.OtherVariant;
            starts.Together(plan with { Reuse = reason }, [.. together], isConditional: true);
        }
    }

    /// <summary>Whether the trouble of an origin counts for one whom its answer isn't for. One to a request without credentials does behind
    /// another; one to a request with them where it was drawn out of all who waited.</summary>
    private static bool IsTroubleOf(FetchTicket ticket, FetchPlan plan) =>
        plan.IsOfOne ? plan.Drawing != 0 && ticket.Drawing == plan.Drawing : plan.IsAfterError;

    private Drawing DrawAmong(FetchTicket[] tickets, FetchPlan failed) =>
        Drawing.Among(
            shards.Numbers.NextMoment(), tickets, failed, services.Fields, services.Policy.Lifetimes.Credentials, services.Chance);

    private void TogetherIfAny(FetchPlan plan, FetchTicket[] tickets)
    {
        if (tickets.Length > 0)
            starts.Together(plan, tickets, isConditional: true);
    }

    /// <summary>Those who may share the next answer where one to cookies or credentials was for one client: who has neither, and with
    /// them the others, where that answer may be theirs too.</summary>
    private static FetchTicket[] WithoutCredentials(FetchTicket[] tickets, bool others) =>
        others && Array.Exists(tickets, static ticket => ticket is { IsOfOne: false, Request.Method: KnownMethod.Get })
            ? tickets : Array.FindAll(tickets, static ticket => !ticket.IsOfOne);
}
