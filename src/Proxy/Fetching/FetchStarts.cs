using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Makes fetches, makes them known, and sends their requests: for one ticket alone, past the cache, or for several at
/// once.</summary>
/// <param name="sinkOf">Gives what takes the answer to a fetch.</param>
internal sealed class FetchStarts(FetchServices services, FetchShards shards, StoredAnswers stored, Func<Fetch, IOriginSink> sinkOf)
{
    /// <summary>Where a request is built and its fetch isn't known yet, in words of the log.</summary>
    public const string EntryPoint = "the entry of a fetch";

    /// <summary>Fetches for one ticket alone what the cache may store.</summary>
    public void Managed(FetchTicket ticket, FetchPlan plan)
    {
        if (!MayLead(ticket))
            return;
        if (ticket.Reuse != CacheReason.None)
            plan = plan with { Reuse = ticket.Reuse };
        plan = plan with { Kind = FetchKind.Alone };
        RegisterAndStart(Make(plan, stored.RevalidationFor(ticket, plan.Key), ticket), ticket);
    }

    /// <summary>Fetches for one ticket alone, with the client's own conditions.</summary>
    public void Past(FetchTicket ticket, FetchPlan plan)
    {
        if (!MayLead(ticket))
            return;
        ticket.TakeStale()?.Response.Release();
        ticket.Reuse = plan.Reuse;
        plan = plan with { Kind = FetchKind.Past };
        RegisterAndStart(Make(plan, Revalidation.None, ticket), ticket);
    }

    /// <summary>Fetches for several at once, in place of a fetch that wasn't for them.</summary>
    /// <param name="isConditional">The origin is asked about what the first has found stored.</param>
    /// <param name="drawing">The one that chose whose request goes to the origin; null for the first by rank.</param>
    public void Together(FetchPlan plan, FetchTicket[] tickets, bool isConditional, Drawing? drawing = null)
    {
        var revalidation = Revalidation.None;
        var first = drawing?.Leader ?? tickets.MinBy(RankOf);
        if (first is not null)
        {
            if (!MayLead(first))
            {
                if (tickets.Length > 1 || plan.IsRefresh)
                    Together(plan, [.. tickets.Where(ticket => ticket != first)], isConditional);
                return;
            }

            var place = Array.IndexOf(tickets, first);
            (tickets[0], tickets[place]) = (first, tickets[0]);
            plan = plan.For(first) with { Drawing = drawing?.Number ?? 0 };
            if (isConditional && first.TakeStale() is { } stale)
                revalidation = new Revalidation(stale);
        }

        RegisterAndStart(Make(plan, revalidation, first), tickets);
    }

    /// <summary>Makes a fetch, to which what it asks about passes even if it can't be made. It gets those who wait, is registered with its
    /// shard, and then begun; one that isn't begun gives back what it asks about.</summary>
    /// <param name="leader">Whose request is forwarded; null behind a refresh in the background.</param>
    public Fetch Make(FetchPlan plan, Revalidation revalidation, FetchTicket? leader)
    {
        try
        {
            return new Fetch(services, shards.Numbers, plan, revalidation, sinkOf, leader);
        }
        catch
        {
            revalidation.Release();
            throw;
        }
    }

    /// <summary>Sends the request of a registered fetch; without the gate of its shard, since the origin may answer within the
    /// call.</summary>
    public void Begin(Fetch fetch)
    {
        try
        {
            shards.Start(fetch);
        }
        catch (Exception fault) when (services.Faults.Contains(fault))
        {
            // No exchange with the origin does it.
            fetch.Plan.Body?.Discard();
            services.Faults.End(fetch.Sink, "the start of a fetch", fault);
        }
    }

    private void RegisterAndStart(Fetch fetch, params ReadOnlySpan<FetchTicket> waiters)
    {
        try
        {
            fetch.Attach(waiters);
        }
        catch
        {
            fetch.Revalidation.Release();
            throw;
        }

        shards.Register(fetch);
        Begin(fetch);
    }

    /// <summary>Whether a ticket's request may go to the origin once more. Rules that send it there again end one by one; this ends it
    /// where an origin's answers lead from one to another and back, and answers the client with a failure.</summary>
    private bool MayLead(FetchTicket ticket)
    {
        if (ticket.TryLead())
            return true;
        services.Faults.Note("the requests to the origin for one client", new InvalidOperationException(
            $"One request led to {FetchLimits.RequestsOfOneMaximum} requests to the origin, none of whose answers was for it."));
        ticket.AnswerFailure(OriginFailure.Malformed);
        return false;
    }

    /// <summary>Whose request goes to the origin, the lowest first: a GET fetches the whole for all, and an answer to a request without
    /// credentials or no-store is the most likely to be.</summary>
    private static int RankOf(FetchTicket ticket) => (ticket.Request.Method == KnownMethod.Get ? 0 : 4) + (ticket.IsOfOne ? 2 : 0)
        + (ticket.Directives.NoStore ? 1 : 0);
}
