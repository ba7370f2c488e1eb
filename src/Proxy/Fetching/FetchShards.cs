using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches in flight, in shards by their keys. Callable from any thread.</summary>
internal sealed class FetchShards
{
    /// <summary>So many that workers seldom meet in one, and that empty ones take some 30 KB together.</summary>
    public const int DefaultCount = 64;

    private readonly FetchShard[] _shards;
    private readonly ManualResetEventSlim _allEnded = new();

    // Written once, by Stop; read by threads that begin a fetch and by those that end one.
    private volatile bool _isStopped;

    /// <param name="count">Of shards: a power of two.</param>
    public FetchShards(FetchServices services, int count = DefaultCount)
    {
        _shards = new FetchShard[count];
        for (var i = 0; i < count; i++)
            _shards[i] = new FetchShard(services, Numbers, HitForMissKeys.CountMaximum / count);
    }

    /// <summary>How many fetches there are, and were.</summary>
    public FetchNumbers Numbers { get; } = new();

    /// <summary>Keys whose requests find a fetch under way that they may join; shard after shard.</summary>
    public int Joinable => _shards.Sum(static shard => shard.Joinable);

    /// <summary>Those who wait for fetches or read what arrives; shard after shard.</summary>
    public int Subscribers => _shards.Sum(static shard => shard.CopyActive().Sum(static fetch => fetch.Subscribers));

    /// <summary>The shard of a key. The hash of a string differs from process to process, so that clients can't choose one shard.</summary>
    public FetchShard Of(string key) => _shards[key.GetHashCode(StringComparison.Ordinal) & (_shards.Length - 1)];

    /// <summary>Makes a fetch known; the caller holds no gate.</summary>
    public void Register(Fetch fetch)
    {
        var shard = Of(fetch.Plan.Key);
        // One that begins is counted where it is bounded.
        if (fetch.Plan.IsRefresh)
            Numbers.OnRefreshRepeated();
        // An order to forget comes before or after, not between the entry and the look at what is stored.
        using (shard.Gate.Enter(LockRank.Table))
            shard.Register(fetch);
    }

    /// <summary>Sends a fetch's request, unless none is to leave any more: then it only ends.</summary>
    /// <param name="fetch">Registered before.</param>
    public void Start(Fetch fetch)
    {
        Numbers.OnStarted();
        // Read behind the entry under the shard's gate, which Stop takes behind the mark: either that finds the fetch, or this the mark.
        if (_isStopped)
            fetch.Request.Cancel();
        fetch.Start();
    }

    /// <summary>Takes a fetch out, so that nobody joins it any more.</summary>
    /// <param name="remember">Its answer can't be shared; for a while nobody waits for such a one.</param>
    public void Retire(Fetch fetch, bool remember)
    {
        if (fetch.Plan.IsShared)
            Of(fetch.Plan.Key).Retire(fetch, remember);
    }

    /// <summary>A response was stored, so the key's answers can be shared again.</summary>
    public void OnStored(string key) => Of(key).OnStored(key);

    /// <summary>Nothing of a fetch touches a body, the cache or the table afterwards.</summary>
    public void OnEnded(Fetch fetch)
    {
        if (!Of(fetch.Plan.Key).Remove(fetch))
            return;
        if (fetch.Plan.IsRefresh)
            Numbers.OnRefreshEnded();
        // Pairs with Stop: the count is changed before the mark is read, there the mark is written before the count is read.
        if (Numbers.OnRemoved() == 0 && _isStopped)
            _allEnded.Set();
    }

    /// <summary>Forgets marks that have run out, shard after shard.</summary>
    public void Expire()
    {
        foreach (var shard in _shards)
            shard.Expire();
    }

    /// <summary>Gives up what is under way, and waits for the end of all; what is begun from now on is given up, too.</summary>
    /// <param name="patience">The longest wait.</param>
    /// <returns>False when some haven't ended in time.</returns>
    public bool Stop(TimeSpan patience)
    {
        _isStopped = true;
        foreach (var shard in _shards)
        {
            // Without its gate: the end of a fetch takes it.
            foreach (var fetch in shard.CopyActive())
                fetch.Request.Cancel();
        }

        // Pairs with OnEnded: the mark is written before the count is read.
        Interlocked.MemoryBarrier();
        return Numbers.Active == 0 || _allEnded.Wait(patience);
    }
}
