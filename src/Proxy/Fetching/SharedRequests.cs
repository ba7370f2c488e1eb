using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Has a ticket join a fetch for all who ask for the same, or begins one. Callable from any thread.</summary>
/// <remarks>The request is built between two looks for such a fetch, and without the gate, for which every other miss would wait. Behind
/// the first look, since a herd would build one request each; before the second, since of two that have built one goes.</remarks>
internal sealed class SharedRequests(
    FetchServices services, FetchShards shards, StoredAnswers stored, RangeAnswers ranges, FetchStarts starts)
{
    private enum Entry : byte
    {
        /// <summary>The fetch is known to all.</summary>
        Made,

        /// <summary>The ticket has its answer, or has joined another fetch.</summary>
        Needless,

        /// <summary>What was found before holds no more.</summary>
        Outdated,
    }

    public void Request(FetchTicket ticket, FetchPlan plan)
    {
        var hash = shards.Of(plan.Key).HashIfMarked(plan.Key);
        // Each further round needs a change since the last: a fetch of the same key that has ended or can't be shared, or a clear.
        while (!TryRequest(ticket, plan, hash))
            ticket.TakeStale()?.Response.Release();
    }

    /// <returns>False when what it has found holds no more.</returns>
    private bool TryRequest(FetchTicket ticket, FetchPlan plan, KeyHash? hash)
    {
        bool isUnshareable;
        long retired;
        var shard = shards.Of(plan.Key);
        // Both are of one moment: what has left the shard before has stored its answer.
        using (shard.Gate.Enter(LockRank.Table))
        {
            if (shard.TryJoin(ticket, plan, hash, out isUnshareable))
                return true;
            retired = shard.Retired;
        }

        if (stored.TryAnswer(ticket, plan))
            return true;
        if (ranges.Passes(ticket, plan))
            starts.Past(ticket, plan with { Reuse = ticket.Reuse });
        else if (MayShare(ticket, isUnshareable))
            return TryBegin(ticket, plan with { Reuse = ticket.Reuse }, hash, retired);
        else if (ticket.Stale is not null || ticket.Reuse == CacheReason.PartlyStored)
            starts.Managed(ticket, plan);
        else
            starts.Past(ticket, plan with { Reuse = CacheReason.HitForMiss });
        return true;
    }

    /// <summary>Whether others may join. A stale response that may stand in for an origin in trouble serves all who wait for one
    /// answer.</summary>
    private bool MayShare(FetchTicket ticket, bool isUnshareable) => !isUnshareable || (ticket.Stale is { } stale
        && ReusePolicy.JudgeFailure(stale.Freshness, ticket.Directives, unreachable: false, services.Now) != CacheReason.Stale);

    private bool TryBegin(FetchTicket ticket, FetchPlan plan, KeyHash? hash, long retired)
    {
        var shard = shards.Of(plan.Key);
        var fetch = starts.Make(plan, stored.RevalidationFor(ticket, plan.Key), ticket);
        var entry = Entry.Outdated;
        try
        {
            services.Faults.Point?.Invoke(FetchStarts.EntryPoint, null);
            // From the second look for a fetch to the entry of this one, so that one key and variant has one.
            using (shard.Gate.Enter(LockRank.Table))
                entry = Enter(shard, fetch, ticket, hash, retired);
        }
        finally
        {
            if (entry != Entry.Made)
                fetch.Revalidation.Release();
        }

        if (entry == Entry.Made)
            starts.Begin(fetch);
        return entry != Entry.Outdated;
    }

    /// <summary>Makes a fetch known unless it isn't needed any more; under the gate.</summary>
    private Entry Enter(FetchShard shard, Fetch fetch, FetchTicket ticket, KeyHash? hash, long retired)
    {
        if (shard.TryJoin(ticket, fetch.Plan, hash, out var isUnshareable))
            return Entry.Needless;
        if (fetch.IsOfAnotherEra)
            return Entry.Outdated;
        // A fetch that has ended since has stored its answer, or left a mark, before it left the shard. One whose answer has turned out to
        // be for one client leaves it in a moment.
        if (shard.Retired != retired || isUnshareable)
        {
            if (stored.TryAnswer(ticket, fetch.Plan))
                return Entry.Needless;
            if (!MayShare(ticket, isUnshareable) || ticket.Stale != fetch.Revalidation.Selected)
                return Entry.Outdated;
            ticket.TakeStale()?.Response.Release();
        }

        fetch.Attach(ticket);
        shard.Register(fetch);
        return Entry.Made;
    }
}
