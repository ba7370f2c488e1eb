using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Asks the cache once more for those who are about to ask the origin, and finds out what to ask the origin about.</summary>
internal sealed class StoredAnswers(FetchServices services, RangeAnswers ranges)
{
    /// <summary>Answers a ticket with what is stored, whole or in part, if that may be used. What may not be used is the ticket's then, and
    /// so is the reason.</summary>
    public bool TryAnswer(FetchTicket ticket, FetchPlan plan)
    {
        if (services.Cache.TryAcquire(ticket.Request, plan.Rule, out var miss) is not { } entry)
        {
            ticket.Reuse = miss;
            return ranges.TryAnswer(ticket, plan);
        }

        // The ticket gives it back, whatever happens.
        ticket.TakeStale()?.Response.Release();
        ticket.Stale = entry;
        var now = services.Now;
        ticket.Reuse = ReusePolicy.Judge(entry.Freshness, ticket.Directives, now);
        return ReusePolicy.IsUse(ticket.Reuse) && ticket.TryAnswer(entry.Response, CacheNote.Reused(ticket.Reuse, entry.Freshness, now));
    }

    /// <summary>What the origin is asked about on a ticket's behalf: the stale response that it has found, or else the response whose
    /// beginning is stored.</summary>
    public Revalidation RevalidationFor(FetchTicket ticket, string key)
    {
        var stale = ticket.TakeStale();
        var beginning = stale is null && ticket.Request.Method == KnownMethod.Get ? ranges.AcquireBeginning(ticket.Request, key) : null;
        return stale is null && beginning is null ? Revalidation.None : new Revalidation(stale, beginning);
    }
}
