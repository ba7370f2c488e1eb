using System.Diagnostics;
using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches in flight: all of them, and by key those that others may join; beside them the keys whose answers can't be shared.
/// Callable from any thread.</summary>
internal sealed class FetchIndex(FetchServices services)
{
    // Guarded by the gate, as the two below are. Several of one key are for different variants.
    private readonly Dictionary<string, List<Fetch>> _joinable = [];
    private readonly HitForMissKeys _unshareable = new();
    private int _refreshing;
    private long _retired;

    /// <summary>The lock of the table, the first of all: then come a fetch's gate, the cache's, and a body's. Callers hold it where a
    /// method says so: from the look for a fetch to the entry of another, so that one key has one, and over all that an order to forget
    /// changes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>All fetches under way, which has rules of its own.</summary>
    public ActiveFetches Active { get; } = new();

    /// <summary>Keys whose requests find a fetch under way that they may join.</summary>
    public int Joinable
    {
        get
        {
            // The keys belong to the gate.
            lock (Gate)
                return _joinable.Count;
        }
    }

    /// <summary>How many have left that others might join, so that whoever has looked learns whether one has since; under the
    /// gate.</summary>
    public long Retired
    {
        get
        {
            Debug.Assert(Gate.IsHeldByCurrentThread, "Two looks are compared under the gate of the table.");
            return _retired;
        }
    }

    /// <summary>Has a ticket join a fetch for the same, or get what is arriving; under the gate.</summary>
    /// <param name="hash">That of the plan's key.</param>
    /// <param name="isUnshareable">Whether the next answer for the key can't be shared, it is taken.</param>
    public bool TryJoin(FetchTicket ticket, FetchPlan plan, KeyHash hash, out bool isUnshareable)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A ticket looks for fetches under the gate of the table.");
        isUnshareable = _unshareable.Contains(hash, services.Uptime, plan.IsOfOne);
        if (!_joinable.TryGetValue(plan.Key, out var known))
            return false;
        foreach (var running in known)
        {
            if (running.IsOfAnotherEra)
                continue;
            if (running.TryJoin(ticket))
                return true;
            isUnshareable |= running.IsUnshareable && (plan.IsOfOne || !running.Plan.IsOfOne);
        }

        return false;
    }

    /// <summary>Whether a refresh in the background may begin for a key; under the gate.</summary>
    public bool MayRefresh(string key)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A refresh begins under the gate of the table.");
        return _refreshing < FetchLimits.RefreshesMaximum
            && !(_joinable.TryGetValue(key, out var known) && known.Exists(static fetch => !fetch.IsOfAnotherEra));
    }

    /// <summary>Makes a fetch known, under the gate: an order to forget comes either after, and finds it, or before, and what the fetch
    /// asks about is gone then. A 304 mustn't bring that back.</summary>
    public void Register(Fetch fetch)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A fetch becomes known under the gate of the table.");
        if (fetch.Plan.IsShared)
            AddJoinable(fetch);
        if (fetch.Plan.IsRefresh)
            _refreshing++;
        Active.Add(fetch);
        // What of it is gone isn't known where the question throws, and so it is taken for gone.
        if (!services.Faults.Attempt("the start of a fetch", fetch, InvalidateUnlessStored))
            fetch.Invalidate();
    }

    /// <summary>Takes a fetch out, so that nobody joins it any more.</summary>
    /// <param name="remember">Its answer can't be shared; for a while nobody waits for such a one.</param>
    public void Retire(Fetch fetch, bool remember)
    {
        if (!fetch.Plan.IsShared)
            return;
        var hash = remember ? KeyHash.Of(fetch.Plan.Key) : default;
        // All at once: whoever doesn't find the fetch any more finds the mark that it left.
        lock (Gate)
        {
            _retired++;
            if (_joinable.TryGetValue(fetch.Plan.Key, out var known) && known.Remove(fetch) && known.Count == 0)
                _joinable.Remove(fetch.Plan.Key);
            if (remember)
                _unshareable.Add(hash, services.Uptime, fetch.Plan.IsOfOne);
        }
    }

    /// <summary>A response was stored, so the key's answers can be shared again.</summary>
    public void OnStored(string key)
    {
        var hash = KeyHash.Of(key);
        // The marks belong to the gate; the caller holds none.
        lock (Gate)
            _unshareable.Remove(hash);
    }

    /// <summary>Nothing of a fetch touches a body, the cache or the table afterwards.</summary>
    public void OnEnded(Fetch fetch)
    {
        if (!Active.Remove(fetch) || !fetch.Plan.IsRefresh)
            return;
        // The count belongs to the gate; the caller holds none.
        lock (Gate)
            _refreshing--;
    }

    /// <summary>Has no fetch for keys store what is arriving, be it shared or not, and nobody join it any more; under the gate.</summary>
    /// <param name="change">The one whose answer says so.</param>
    public void Invalidate(string[] keys, Fetch change)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "An order to forget finds the fetches under the gate of the table.");
        foreach (var fetch in Active.All)
        {
            if (fetch != change && Array.IndexOf(keys, fetch.Plan.Key) >= 0)
                fetch.Invalidate();
        }

        foreach (var key in keys)
            _joinable.Remove(key);
    }

    /// <summary>Forgets marks that have run out.</summary>
    public void Expire()
    {
        // The marks belong to the gate, for a short while: they are bounded.
        lock (Gate)
            _unshareable.Expire(services.Uptime);
    }

    private void AddJoinable(Fetch fetch)
    {
        if (_joinable.TryGetValue(fetch.Plan.Key, out var known))
            known.Add(fetch);
        else
            _joinable.Add(fetch.Plan.Key, [fetch]);
    }

    private void InvalidateUnlessStored(Fetch fetch)
    {
        if (!fetch.AsksAboutStored(services.Cache))
            fetch.Invalidate();
    }
}
