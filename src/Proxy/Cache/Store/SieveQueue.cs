namespace TlsProxy.Proxy.Cache.Store;

/// <summary>SIEVE: nodes in the order they came, and a hand that moves from the oldest to the newest; it spares those used since it passed
/// and takes the first that wasn't. A node in the queue has a place of the slots. Its owner's lock guards it.</summary>
/// <param name="expected">Nodes there may be; more are possible.</param>
internal sealed class SieveQueue(int expected)
{
    /// <summary>The most nodes that are looked at for one victim.</summary>
    public const int LooksMaximum = 256;

    private int _newest;
    private int _oldest;
    private int _hand;

    public EntrySlots Slots { get; } = new(expected);

    public int Count { get; private set; }

    /// <summary>Nodes that were looked at for all victims together; it may overflow.</summary>
    public int Looks { get; private set; }

    public CacheNode? Oldest => Slots.NodeIn(_oldest);

    /// <summary>The node that came after another; null behind the newest, and for one that isn't in the queue.</summary>
    public CacheNode? NewerThan(CacheNode node) => node.IsListed ? Slots.NodeIn(Slots[node.Slot].Newer) : null;

    public void Add(CacheNode node)
    {
        var slot = Slots.Take(node);
        Slots[slot].Older = _newest;
        if (_newest == EntrySlots.None)
            _oldest = slot;
        else
            Slots[_newest].Newer = slot;
        _newest = slot;
        node.Slot = slot;
        Count++;
    }

    public void Remove(CacheNode node)
    {
        ref readonly var row = ref Slots[node.Slot];
        if (_hand == node.Slot)
            _hand = row.Newer;
        if (row.Older == EntrySlots.None)
            _oldest = row.Newer;
        else
            Slots[row.Older].Newer = row.Newer;
        if (row.Newer == EntrySlots.None)
            _newest = row.Older;
        else
            Slots[row.Newer].Older = row.Older;
        Slots.Return(node.Slot);
        node.Slot = EntrySlots.None;
        Count--;
    }

    /// <summary>The next victim, which stays in the queue until removed; never <paramref name="spared"/>. After
    /// <see cref="LooksMaximum"/> looks it is the node under the hand, used or not.</summary>
    public CacheNode? Next(CacheNode? spared)
    {
        // Two rounds: the first clears every mark that hits don't set again meanwhile.
        for (var looked = 0; looked <= 2 * Count && looked < LooksMaximum; looked++)
        {
            if (UnderHand() is not { } node)
                return null;
            Looks++;
            _hand = Slots[node.Slot].Newer;
            if (node == spared)
                continue;
            if (!node.Visited)
                return node;
            node.Visited = false;
        }

        if (UnderHand() is not { } taken || taken != spared)
            return UnderHand();
        return NewerThan(taken) ?? (Oldest == taken ? null : Oldest);
    }

    private CacheNode? UnderHand() => Slots.NodeIn(_hand == EntrySlots.None ? _oldest : _hand);
}
