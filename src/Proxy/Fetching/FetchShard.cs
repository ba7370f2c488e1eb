using System.Diagnostics;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches in flight whose keys are of one shard: all of them, and by key those that others may join; beside them the keys
/// whose answers can't be shared. Callable from any thread.</summary>
/// <param name="numbers">What is counted of all shards together.</param>
/// <param name="marksMaximum">The most keys remembered whose answers can't be shared.</param>
internal sealed class FetchShard(FetchServices services, FetchNumbers numbers, int marksMaximum)
{
    // Guarded by the gate, as the three below are. Several of one key are for different variants.
    private readonly Dictionary<string, List<Fetch>> _joinable = [];
    private readonly HashSet<Fetch> _active = [];
    private readonly HitForMissKeys _unshareable = new(marksMaximum);
    private long _retired;

    // Written under the gate; read without it by threads that are about to take it.
    private volatile bool _hasMarks;

    /// <summary>The lock of the shard, the first of all: then come a fetch's gate, the cache's, and a body's. No two shards are held
    /// together. Callers hold it where a method says so: from the look for a fetch to the entry of another, so that one key has one, and
    /// over all that an order to forget a key changes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Keys whose requests find a fetch under way that they may join.</summary>
    public int Joinable
    {
        get
        {
            // The keys belong to the gate.
            using (Gate.Enter(LockRank.Table))
                return _joinable.Values.Count(static known => known.Exists(static fetch => !fetch.IsOfAnotherEra));
        }
    }

    /// <summary>How many have left that others might join, so that whoever has looked learns whether one has since; under the
    /// gate.</summary>
    public long Retired
    {
        get
        {
            Debug.Assert(Gate.IsHeldByCurrentThread, "Two looks are compared under the gate of the shard.");
            return _retired;
        }
    }

    /// <summary>The hash of a key, for a look under the gate; null where no look seems to need it. It isn't made under the gate: a stranger
    /// chooses how long a key is.</summary>
    public KeyHash? HashIfMarked(string key) => _hasMarks ? KeyHash.Of(key) : null;

    /// <summary>Has a ticket join a fetch for the same, or get what is arriving; under the gate.</summary>
    /// <param name="hash">That of the plan's key; null where there was no mark before the gate was taken.</param>
    /// <param name="isUnshareable">Whether the next answer for the key can't be shared, it is taken.</param>
    public bool TryJoin(FetchTicket ticket, FetchPlan plan, KeyHash? hash, out bool isUnshareable)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A ticket looks for fetches under the gate of their shard.");
        isUnshareable = _hasMarks && _unshareable.Contains(hash ?? KeyHash.Of(plan.Key), services.Uptime, plan.IsOfOne);
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
        Debug.Assert(Gate.IsHeldByCurrentThread, "A refresh begins under the gate of the shard.");
        return numbers.Refreshing < FetchLimits.RefreshesMaximum
            && !(_joinable.TryGetValue(key, out var known) && known.Exists(static fetch => !fetch.IsOfAnotherEra));
    }

    /// <summary>Makes a refresh in the background known, if it may begin; under the gate.</summary>
    public bool TryRegisterRefresh(Fetch refresh)
    {
        if (!MayRefresh(refresh.Plan.Key) || !numbers.TryBeginRefresh())
            return false;
        Register(refresh);
        return true;
    }

    /// <summary>Makes a fetch known, under the gate: an order to forget its key comes either after, and finds it, or before, and what the
    /// fetch asks about is gone then. A 304 mustn't bring that back.</summary>
    public void Register(Fetch fetch)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "A fetch becomes known under the gate of its shard.");
        if (fetch.Plan.IsShared)
            AddJoinable(fetch);
        if (_active.Add(fetch))
            numbers.OnAdded();
        // What of it is gone isn't known where the question throws, and so it is taken for gone.
        if (!services.Faults.Attempt("the start of a fetch", fetch, InvalidateUnlessStored))
            fetch.Invalidate();
    }

    /// <summary>Takes a fetch out, so that nobody joins it any more.</summary>
    /// <param name="remember">Its answer can't be shared; for a while nobody waits for such a one.</param>
    public void Retire(Fetch fetch, bool remember)
    {
        var hash = remember ? KeyHash.Of(fetch.Plan.Key) : default;
        // All at once: whoever doesn't find the fetch any more finds the mark that it left.
        using (Gate.Enter(LockRank.Table))
        {
            _retired++;
            if (_joinable.TryGetValue(fetch.Plan.Key, out var known) && known.Remove(fetch) && known.Count == 0)
                _joinable.Remove(fetch.Plan.Key);
            if (!remember)
                return;
            _unshareable.Add(hash, services.Uptime, fetch.Plan.IsOfOne);
            _hasMarks = true;
        }
    }

    /// <summary>A response was stored, so the key's answers can be shared again.</summary>
    public void OnStored(string key)
    {
        // A mark that another thread makes just now may be the newer of the two.
        if (HashIfMarked(key) is not { } hash)
            return;
        // The marks belong to the gate; the caller holds none.
        using (Gate.Enter(LockRank.Table))
        {
            _unshareable.Remove(hash);
            _hasMarks = _unshareable.Count > 0;
        }
    }

    /// <summary>Nothing of a fetch goes on any more.</summary>
    /// <returns>False when that was said before.</returns>
    public bool Remove(Fetch fetch)
    {
        // The set belongs to the gate; the caller holds none.
        using (Gate.Enter(LockRank.Table))
            return _active.Remove(fetch);
    }

    /// <summary>Has no fetch for a key store what is arriving, be it shared or not, and nobody join it any more; under the gate.</summary>
    /// <param name="change">The one whose answer says so.</param>
    public void Invalidate(string key, Fetch? change)
    {
        Debug.Assert(Gate.IsHeldByCurrentThread, "An order to forget a key finds its fetches under the gate of their shard.");
        foreach (var fetch in _active)
        {
            if (fetch != change && fetch.Plan.Key == key)
                fetch.Invalidate();
        }

        _joinable.Remove(key);
    }

    /// <summary>Those under way; one that is registered or ends meanwhile may or may not be among them.</summary>
    public Fetch[] CopyActive()
    {
        // A copy, since whoever asks does more with them than the gate may be held for.
        using (Gate.Enter(LockRank.Table))
            return [.. _active];
    }

    /// <summary>Forgets marks that have run out, and gives up room that is left of a flood.</summary>
    public void Expire()
    {
        // The marks belong to the gate, for a short while: they are bounded.
        using (Gate.Enter(LockRank.Table))
        {
            _unshareable.Expire(services.Uptime);
            _hasMarks = _unshareable.Count > 0;
            if (_active.Count < _active.Capacity / 4)
                _active.TrimExcess();
        }
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
        if (!fetch.Revalidation.IsAboutStored(services.Cache, fetch.Plan.Key))
            fetch.Invalidate();
    }
}
