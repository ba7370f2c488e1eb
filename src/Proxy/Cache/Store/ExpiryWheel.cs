namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The places of nodes by the time at which these leave, in lists of ten seconds each: those that are due are found without a
/// look at the others. Each turn looks once at all places of nodes that leave later than the wheel reaches, part by part. Times are
/// milliseconds since 1970. The lock of the cache guards it.</summary>
internal sealed class ExpiryWheel(EntrySlots slots)
{
    /// <summary>Milliseconds of a list.</summary>
    public const long Tick = 10_000;

    /// <summary>Lists of a turn.</summary>
    public const int Ticks = 256;

    // What was due when it came. Lists 1 to 256 are those of what leaves within a turn, by its tick; the others of what leaves later, by
    // its place.
    private const int OverdueList = 1 + (2 * Ticks);

    private readonly int[] _heads = new int[OverdueList + 1];

    // The tick from which on nothing has been looked at to its end; -1 before the first node.
    private long _cursor = -1;

    // The walk: the list that it is in, of which that of what is overdue is the last, and the next place to look at.
    private int _list = OverdueList;
    private int _swept;

    /// <summary>Tells the time of a change. A clock that was set back takes the wheel back with it.</summary>
    public void Observe(long now)
    {
        if (_cursor >= 0 && now / Tick >= _cursor)
            return;
        _cursor = now / Tick;
        // A walk under way goes on from there.
        _list = OverdueList;
        _swept = EntrySlots.None;
    }

    /// <summary>Puts a place into the list of its row's time, out of the one it was in.</summary>
    public void File(int slot)
    {
        ref var row = ref slots[slot];
        var tick = row.KeepUntil / Tick;
        var list = tick < _cursor ? OverdueList : tick - _cursor < Ticks ? NearList(tick) : LaterList(slot);
        if (row.List == list)
            return;
        Remove(slot);
        ref var head = ref _heads[list];
        row.List = list;
        row.Next = head;
        if (head != EntrySlots.None)
            slots[head].Previous = slot;
        head = slot;
    }

    /// <summary>Takes a place out of its list, if it is in one.</summary>
    public void Remove(int slot)
    {
        ref var row = ref slots[slot];
        if (row.List == 0)
            return;
        if (_swept == slot)
            _swept = row.Next;
        if (row.Previous == EntrySlots.None)
            _heads[row.List] = row.Next;
        else
            slots[row.Previous].Next = row.Next;
        if (row.Next != EntrySlots.None)
            slots[row.Next].Previous = row.Previous;
        row.List = 0;
        row.Next = EntrySlots.None;
        row.Previous = EntrySlots.None;
    }

    /// <summary>Begins a walk to what is due, or goes on with one that another thread is at. Nodes may come and go on the way.</summary>
    public void BeginSweep(long now)
    {
        if (_cursor < 0)
            return;
        Observe(now);
        var isLate = (now / Tick) - _cursor > Ticks;
        // After a long pause one turn finds everything.
        if (isLate)
            _cursor = (now / Tick) - Ticks;
        if (isLate || _list == OverdueList)
            BeginList(NearList(_cursor));
    }

    /// <summary>Looks at the next place of the walk.</summary>
    /// <param name="due">The place, if its node is to leave; it stays in the wheel until removed. <see cref="EntrySlots.None"/> otherwise.
    /// </param>
    /// <returns>False at the end of the walk.</returns>
    public bool TryLook(long now, out int due)
    {
        due = EntrySlots.None;
        while (_swept == EntrySlots.None)
        {
            if (!TryBeginNext(now / Tick))
                return false;
        }

        var slot = _swept;
        ref var row = ref slots[slot];
        _swept = row.Next;
        if (row.KeepUntil <= now)
            due = slot;
        else
            File(slot);
        return true;
    }

    private static int NearList(long tick) => 1 + (int)(tick % Ticks);

    /// <summary>Places one after the other lie in different lists, so that each tick looks at as many.</summary>
    private static int LaterList(int slot) => 1 + Ticks + (slot % Ticks);

    private bool TryBeginNext(long last)
    {
        if (_list == OverdueList)
        {
            if (_cursor >= last || _cursor < 0)
                return false;
            BeginList(NearList(_cursor));
        }
        else if (_list > Ticks)
        {
            BeginList(NearList(_cursor));
        }
        else if (_cursor >= last)
        {
            // The tick that isn't over keeps the cursor: what else is in its list is due within it.
            BeginList(OverdueList);
        }
        else if (_heads[_list] != EntrySlots.None)
        {
            // What came into the list behind the walk isn't left behind.
            BeginList(_list);
        }
        else
        {
            BeginList(LaterList((int)(_cursor % Ticks)));
            _cursor++;
        }

        return true;
    }

    private void BeginList(int list)
    {
        _list = list;
        _swept = _heads[list];
    }
}
