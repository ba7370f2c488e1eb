using System.Collections.Concurrent;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The fetches under way, from before their request leaves until nothing of them touches a body or the cache any more. Callable
/// from any thread.</summary>
internal sealed class ActiveFetches
{
    private readonly ConcurrentDictionary<Fetch, bool> _fetches = new();
    private readonly ManualResetEventSlim _allEnded = new();

    // Written once, by Stop; read by threads that begin a fetch and by those that end one.
    private volatile bool _isStopped;

    /// <summary>How many there are, and were.</summary>
    public FetchNumbers Numbers { get; } = new();

    /// <summary>Those under way; one that is added or ends meanwhile may or may not be among them.</summary>
    public IEnumerable<Fetch> All => _fetches.Keys;

    public void Add(Fetch fetch)
    {
        if (_fetches.TryAdd(fetch, true))
            Numbers.OnAdded();
    }

    /// <summary>Sends a fetch's request, unless none is to leave any more: then it only ends.</summary>
    /// <param name="fetch">Added before.</param>
    public void Start(Fetch fetch)
    {
        Numbers.OnStarted();
        // Pairs with Stop: either that finds the fetch, or its mark is seen here.
        Interlocked.MemoryBarrier();
        if (_isStopped)
            fetch.Cancel();
        fetch.Start();
    }

    /// <summary>Nothing of a fetch goes on any more.</summary>
    /// <returns>False when that was said before.</returns>
    public bool Remove(Fetch fetch)
    {
        var removed = _fetches.TryRemove(fetch, out _);
        if (removed)
            Numbers.OnRemoved();
        if (_isStopped && _fetches.IsEmpty)
            _allEnded.Set();
        return removed;
    }

    /// <summary>Gives up what is under way, and waits for the end of all; what is begun from now on is given up, too.</summary>
    /// <param name="patience">The longest wait.</param>
    /// <returns>False when some haven't ended in time.</returns>
    public bool Stop(TimeSpan patience)
    {
        _isStopped = true;
        // Pairs with Start: the mark is written before the fetches are read, there the fetch before the mark.
        Interlocked.MemoryBarrier();
        foreach (var fetch in All)
            fetch.Cancel();
        return _fetches.IsEmpty || _allEnded.Wait(patience);
    }
}
