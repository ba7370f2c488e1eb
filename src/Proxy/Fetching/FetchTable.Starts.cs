using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <content>Fetches beside the shared one: alone, past the cache, and for those whom an answer wasn't for.</content>
internal sealed partial class FetchTable
{
    /// <summary>Claims the right to refresh a stored response in the background.</summary>
    /// <returns>False when somebody has it, or the last refresh has only just ended.</returns>
    public bool Claim(CacheEntry entry) => entry.TryBeginRefresh(Uptime);

    /// <summary>Asks in the background about a stale response that was used.</summary>
    /// <param name="request">Kept by the fetch.</param>
    /// <param name="entry">Its right to be refreshed was claimed by the caller.</param>
    public void Refresh(RequestHead request, ForwardedClient client, CacheEntry entry)
    {
        Fetch? fetch = null;
        try
        {
            fetch = TryMakeRefresh(request, client, entry);
        }
        catch (Exception fault) when (Faults.Contains(fault))
        {
            // The client has its answer; who comes next asks again.
            Faults.Note("a refresh in the background", fault);
        }

        if (fetch is null)
            entry.EndRefresh(Uptime);
        else
            Start(fetch);
    }

    private Fetch? TryMakeRefresh(RequestHead request, ForwardedClient client, CacheEntry entry)
    {
        var rule = Policy.Rules.Find(request);
        rule?.Normalise(request);
        var isOfOne = Policy.Lifetimes.IsOfOneClient(request);
        if (isOfOne)
            RefreshRequest.RemoveCredentials(request, Policy.Lifetimes.Credentials, entry.Vary);
        var plan = new FetchPlan
        {
            Request = request,
            Client = client,
            Rule = rule,
            Key = CacheKey.Of(request, rule),
            IsShared = true,
            IsManaged = true,
            IsRefresh = true,
            IsOfOne = isOfOne,
            Reuse = CacheReason.Stale,
        };
        lock (_gate) // The question and its place in the table are one step: of several hits on a stale entry one refreshes it.
        {
            if (_refreshing >= FetchLimits.RefreshesMaximum || _fetches.ContainsKey(plan.Key) || !entry.Response.TryAcquire())
                return null;
            var fetch = Make(plan, new Revalidation(entry));
            _refreshing++;
            Add(fetch);
            Register(fetch);
            return fetch;
        }
    }

    /// <summary>Asks once more, without conditions: the answer was about none of what they named.</summary>
    public void Repeat(Fetch fetch, FetchTicket[] waiters)
    {
        Retire(fetch, remember: false);
        var plan = fetch.Plan;
        if (plan.Drawing is not null && waiters.Length > 0 && Array.TrueForAll(waiters, static waiter => waiter.IsOfOne))
            StartTogether(plan, waiters, isConditional: false, DrawAmong(waiters, plan));
        else if (waiters.Length > 0 || plan.IsRefresh)
            StartTogether(plan, waiters, isConditional: false);
    }

    /// <summary>Asks once more for those whom an error wasn't for, all together. An error of an origin in trouble answers those whom it
    /// counts for, so that it isn't asked by each; a second error that may lie in the request has each other form of a request ask once,
    /// and each with credentials for itself.</summary>
    /// <param name="isTrouble">The error is the origin's; otherwise it may be each request's own.</param>
    /// <param name="isForOne">It is for its client alone, whatever the others' requests say.</param>
    public void AskOnceMore(FetchPlan plan, FetchTicket[] tickets, bool isTrouble, bool isForOne)
    {
        var isFirst = plan.IsOfOne ? !plan.IsAfterOwnError : !plan.IsAfterError;
        if (isForOne && !isTrouble && !isFirst && !plan.IsOfOne)
        {
            // A third would be for one, too: all would wait for each, and more would come meanwhile.
            Disperse(plan, tickets, null, isManaged: false);
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
            : plan with { ErrorSource = RequestForm.Of(plan.Request, plan.Client, plan.Rule, Fields) };
        // What follows an error to credentials is for all only where one without them asks.
        var together = WithoutCredentials(tickets, others: isFirst);
        var rest = tickets.Except(together).ToArray();
        var forms = RequestForm.Group(together, next, Fields);
        if (isFirst || plan.IsOfOne)
            StartTogetherIfAny(next, [.. forms.SelectMany(static form => form)]);
        else
            forms.ForEach(form => StartTogetherIfAny(next, form));
        if (!isFirst)
        {
            Disperse(plan with { IsOfOne = false }, rest, null, isManaged: false);
            return;
        }

        // Those with HEAD can't be drawn beside a GET: the second time they ask apart, so as not to wait for one GET after the other.
        foreach (var drawn in rest.GroupBy(ticket => plan.Drawing is not null && ticket.Request.Method == KnownMethod.Head))
            StartTogether(next, [.. drawn], isConditional: true, DrawAmong([.. drawn], plan));
    }

    /// <summary>Whether the trouble of an origin counts for one whom its answer isn't for. One to a request without credentials does behind
    /// another; one to a request with them where it was drawn out of all who waited.</summary>
    private static bool IsTroubleOf(FetchTicket ticket, FetchPlan plan) =>
        plan.IsOfOne ? plan.Drawing is { } drawing && ticket.Drawing == drawing : plan.IsAfterError;

    private Drawing DrawAmong(FetchTicket[] tickets, FetchPlan failed) =>
        Drawing.Among(tickets, failed, Fields, Policy.Lifetimes.Credentials, Chance);

    private void StartTogetherIfAny(FetchPlan plan, FetchTicket[] tickets)
    {
        if (tickets.Length > 0)
            StartTogether(plan, tickets, isConditional: true);
    }

    /// <summary>Sends those whom an answer wasn't for to fetches of their own, all at once.</summary>
    /// <param name="head">The answer, where it may be shared: those who need the same other variant, or a later answer, share a fetch
    /// again.</param>
    /// <param name="isManaged">The next answers may be stored.</param>
    /// <param name="passesRanges">The whole is too large to be stored: a range is asked for as it is.</param>
    /// <param name="isOfCredentials">It can't be shared for the sake of cookies or credentials alone, and the next may be.</param>
    public void Disperse(FetchPlan plan, FetchTicket[] tickets, ResponseHead? head, bool isManaged, bool isOfCredentials = false,
        bool passesRanges = false)
    {
        if (head is null)
        {
            tickets = [.. tickets.Where(ticket => !TryAnswerFromCache(ticket, plan))];
            var together = plan.IsOfOne ? WithoutCredentials(tickets, isOfCredentials) : [];
            if (together.Length > 0)
                StartTogether(plan with { Reuse = together[0].Reuse }, together, isConditional: true);
            foreach (var ticket in tickets.Except(together))
            {
                var own = plan.For(ticket) with { Reuse = CacheReason.HitForMiss };
                var passes = passesRanges && ticket.Request.Fields.Contains(KnownField.Range);
                if (isManaged || (ticket.Stale is not null && !passes))
                    StartManaged(ticket, own);
                else
                    StartPast(ticket, own);
            }

            return;
        }

        var variants = new List<(VaryKey Vary, List<FetchTicket> Tickets)>();
        foreach (var ticket in tickets)
        {
            if (TryAnswerFromCache(ticket, plan))
                continue;
            var vary = VaryKey.Of(head, ticket.Request, plan.Rule?.KeyFields);
            var index = variants.FindIndex(variant => variant.Vary.SameAs(vary));
            if (index < 0)
                variants.Add((vary, [ticket]));
            else
                variants[index].Tickets.Add(ticket);
        }

        foreach (var (_, together) in variants)
        {
            var reason = together[0].Directives.Restricts ? ReusePolicy.ReasonOf(together[0].Directives) : CacheReason.OtherVariant;
            StartTogether(plan with { Reuse = reason }, [.. together], isConditional: true);
        }
    }

    /// <summary>Those who may share the next answer where one to cookies or credentials was for one client: who has neither, and with
    /// them the others, where that answer may be theirs too.</summary>
    private static FetchTicket[] WithoutCredentials(FetchTicket[] tickets, bool others) =>
        others && Array.Exists(tickets, static ticket => ticket is { IsOfOne: false, Request.Method: KnownMethod.Get })
            ? tickets : Array.FindAll(tickets, static ticket => !ticket.IsOfOne);

    /// <summary>Fetches for one ticket alone what the cache may store.</summary>
    private void StartManaged(FetchTicket ticket, FetchPlan plan)
    {
        if (!MayLead(ticket))
            return;
        if (ticket.Reuse != CacheReason.None)
            plan = plan with { Reuse = ticket.Reuse };
        plan = plan with { IsShared = false, IsManaged = true, IsRefresh = false };
        RegisterAndStart(Make(plan, RevalidationFor(ticket, plan.Key), ticket));
    }

    /// <summary>Fetches for one ticket alone, with the client's own conditions.</summary>
    private void StartPast(FetchTicket ticket, FetchPlan plan)
    {
        if (!MayLead(ticket))
            return;
        ticket.TakeStale()?.Response.Release();
        ticket.Reuse = plan.Reuse;
        plan = plan with { IsShared = false, IsManaged = false, IsRefresh = false };
        RegisterAndStart(Make(plan, Revalidation.None, ticket));
    }

    /// <summary>Fetches for several at once, in place of a fetch that wasn't for them.</summary>
    /// <param name="isConditional">The origin is asked about what the first has found stored.</param>
    /// <param name="drawing">The one that chose whose request goes to the origin; null for the first by rank.</param>
    private void StartTogether(FetchPlan plan, FetchTicket[] tickets, bool isConditional, Drawing? drawing = null)
    {
        var revalidation = Revalidation.None;
        if ((drawing?.Leader ?? tickets.MinBy(RankOf)) is { } first)
        {
            if (!MayLead(first))
            {
                if (tickets.Length > 1 || plan.IsRefresh)
                    StartTogether(plan, [.. tickets.Where(ticket => ticket != first)], isConditional);
                return;
            }

            var place = Array.IndexOf(tickets, first);
            (tickets[0], tickets[place]) = (first, tickets[0]);
            plan = plan.For(first) with { Drawing = drawing };
            if (isConditional && first.TakeStale() is { } stale)
                revalidation = new Revalidation(stale);
        }

        var fetch = Make(plan, revalidation, tickets);
        lock (_gate)
        {
            if (plan.IsShared)
                Add(fetch);
            if (plan.IsRefresh)
                _refreshing++;
            Register(fetch);
        }

        Start(fetch);
    }

    /// <summary>Whether a ticket's request may go to the origin once more. Rules that send it there again end one by one; this ends it
    /// where an origin's answers lead from one to another and back, and answers the client with a failure.</summary>
    private bool MayLead(FetchTicket ticket)
    {
        if (ticket.TryLead())
            return true;
        Faults.Note("the requests to the origin for one client", new InvalidOperationException(
            $"One request led to {FetchLimits.RequestsOfOneMaximum} requests to the origin, none of whose answers was for it."));
        ticket.AnswerFailure(OriginFailure.Malformed);
        return false;
    }

    /// <summary>Whose request goes to the origin, the lowest first: a GET fetches the whole for all, and an answer to a request without
    /// credentials or no-store is the most likely to be.</summary>
    private static int RankOf(FetchTicket ticket) => (ticket.Request.Method == KnownMethod.Get ? 0 : 4) + (ticket.IsOfOne ? 2 : 0)
        + (ticket.Directives.NoStore ? 1 : 0);

    private void RegisterAndStart(Fetch fetch)
    {
        lock (_gate) // Registered before it starts, so that an order to forget finds it (Register).
            Register(fetch);
        Start(fetch);
    }

    /// <summary>Makes a fetch known, under the table's lock: an order to forget comes either after, and finds it, or before, and what the
    /// fetch asks about is gone then. A 304 mustn't bring that back.</summary>
    private void Register(Fetch fetch)
    {
        _active.Add(fetch);
        // What of it is gone isn't known where the question throws, and so it is taken for gone.
        if (!Faults.Attempt("the start of a fetch", fetch, InvalidateUnlessStored))
            fetch.Invalidate();
    }

    private void InvalidateUnlessStored(Fetch fetch)
    {
        if (!fetch.AsksAboutStored(Cache))
            fetch.Invalidate();
    }

    /// <summary>Makes a fetch, to which what it asks about passes even if it can't be made.</summary>
    private Fetch Make(FetchPlan plan, Revalidation revalidation, params ReadOnlySpan<FetchTicket> waiters)
    {
        try
        {
            return new Fetch(this, plan, revalidation, waiters);
        }
        catch
        {
            revalidation.Release();
            throw;
        }
    }
}
