namespace TlsProxy.Proxy.Cache.Store;

/// <summary>SIEVE: nodes in the order they came, and a hand that moves from the oldest to the newest; it spares those used since it passed
/// and takes the first that wasn't. Its owner's lock guards it.</summary>
internal sealed class SieveQueue
{
    private CacheNode? _newest;
    private CacheNode? _oldest;
    private CacheNode? _hand;
    private CacheNode? _swept;

    public int Count { get; private set; }

    public CacheNode? Oldest => _oldest;

    public void Add(CacheNode node)
    {
        node.Older = _newest;
        node.Newer = null;
        if (_newest is null)
            _oldest = node;
        else
            _newest.Newer = node;
        _newest = node;
        node.IsListed = true;
        Count++;
    }

    public void Remove(CacheNode node)
    {
        if (_hand == node)
            _hand = node.Newer;
        if (_swept == node)
            _swept = node.Newer;
        if (node.Older is null)
            _oldest = node.Newer;
        else
            node.Older.Newer = node.Newer;
        if (node.Newer is null)
            _newest = node.Older;
        else
            node.Newer.Older = node.Older;
        node.Older = null;
        node.Newer = null;
        node.IsListed = false;
        Count--;
    }

    /// <summary>Begins a walk from the oldest node to the newest; nodes may come and go on the way.</summary>
    public void BeginSweep() => _swept = _oldest;

    /// <summary>The next node of the walk; null behind the newest.</summary>
    public CacheNode? NextSwept()
    {
        var node = _swept;
        _swept = node?.Newer;
        return node;
    }

    /// <summary>The next victim, which stays in the queue until removed; never <paramref name="spared"/>.</summary>
    public CacheNode? Next(CacheNode spared)
    {
        // Two rounds: the first clears every mark that hits don't set again meanwhile.
        for (var looked = 0; looked <= 2 * Count; looked++)
        {
            var node = _hand ?? _oldest;
            if (node is null)
                return null;
            _hand = node.Newer;
            if (node == spared)
                continue;
            if (!node.Visited)
                return node;
            node.Visited = false;
        }

        return _oldest == spared ? _oldest?.Newer : _oldest;
    }
}
