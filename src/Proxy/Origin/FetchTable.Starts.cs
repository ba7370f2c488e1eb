using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <content>Fetches beside the shared one: alone, past the cache, and for those whom an answer wasn't for.</content>
internal sealed partial class FetchTable
{
    /// <summary>Asks once more, without conditions: the answer was about none of what they named.</summary>
    public void Repeat(Fetch fetch, FetchTicket[] waiters)
    {
        Retire(fetch, remember: false);
        if (waiters.Length > 0)
            StartTogether(fetch.Plan with { IsRefresh = false }, waiters, isConditional: false);
        else if (fetch.Plan.IsRefresh)
            StartTogether(fetch.Plan, [], isConditional: false);
    }

    /// <summary>Asks once more for those whom an error of the origin wasn't for, all together. A second error in a row answers them, so
    /// that an origin in trouble isn't asked by each.</summary>
    public void AskOnceMore(FetchPlan plan, FetchTicket[] tickets)
    {
        if (tickets.Length > 0 && !plan.IsAfterError)
        {
            StartTogether(plan with { IsAfterError = true, IsRefresh = false }, tickets, isConditional: true);
            return;
        }

        foreach (var ticket in tickets)
            ticket.AnswerFailure(OriginFailure.InTrouble);
    }

    /// <summary>Sends those whom an answer wasn't for to fetches of their own, all at once.</summary>
    /// <param name="head">The answer, where it may be shared: those who need the same other variant, or a later answer, share a fetch
    /// again.</param>
    /// <param name="isManaged">The next answers may be stored.</param>
    public void Disperse(FetchPlan plan, FetchTicket[] tickets, ResponseHead? head, bool isManaged)
    {
        if (head is null)
        {
            foreach (var ticket in tickets)
            {
                var own = plan with { Request = ticket.Request, Client = ticket.Client, Body = ticket.Body, Reuse = CacheReason.HitForMiss };
                if (ticket.Request.Method != KnownMethod.Get)
                    StartPast(ticket, own);
                else if (!TryAnswerFromCache(ticket, own) && (isManaged || ticket.Stale is not null))
                    StartManaged(ticket, own);
                else if (!ticket.IsAnswered)
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
            StartTogether(plan with { Reuse = reason, IsRefresh = false }, [.. together], isConditional: true);
        }
    }

    /// <summary>Fetches for one ticket alone what the cache may store.</summary>
    private void StartManaged(FetchTicket ticket, FetchPlan plan)
    {
        if (ticket.Reuse != CacheReason.None)
            plan = plan with { Reuse = ticket.Reuse };
        plan = plan with { IsShared = false, IsManaged = true, IsRefresh = false };
        RegisterAndStart(Make(plan, RevalidationFor(ticket, plan.Key), ticket));
    }

    /// <summary>Fetches for one ticket alone, with the client's own conditions.</summary>
    private void StartPast(FetchTicket ticket, FetchPlan plan)
    {
        ticket.TakeStale()?.Response.Release();
        ticket.Reuse = plan.Reuse;
        plan = plan with { IsShared = false, IsManaged = false, IsRefresh = false };
        RegisterAndStart(Make(plan, Revalidation.None, ticket));
    }

    /// <summary>Fetches for several at once, in place of a fetch that wasn't for them.</summary>
    /// <param name="isConditional">The origin is asked about what the first has found stored.</param>
    private void StartTogether(FetchPlan plan, FetchTicket[] tickets, bool isConditional)
    {
        // A GET fetches the whole for all; HEAD begins no such fetch.
        if (Array.FindIndex(tickets, static ticket => ticket.Request.Method == KnownMethod.Get) is > 0 and var get)
            (tickets[0], tickets[get]) = (tickets[get], tickets[0]);
        if (tickets is [var head, ..] && head.Request.Method != KnownMethod.Get)
        {
            foreach (var ticket in tickets)
                StartPast(ticket, plan with { Request = ticket.Request, Client = ticket.Client, Body = ticket.Body });
            return;
        }

        var revalidation = Revalidation.None;
        if (tickets is [var first, ..])
        {
            plan = plan with { Request = first.Request, Client = first.Client, Body = first.Body };
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

    private void RegisterAndStart(Fetch fetch)
    {
        lock (_gate)
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
