using System.Numerics;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>A place for each node of the cache: its row, and the node itself. Rows name each other by numbers, so that a million nodes are
/// some dozens of arrays to the collector instead of a million objects that refer to each other, and nothing is copied when there are more.
/// The lock of the cache guards it.</summary>
internal sealed class EntrySlots
{
    /// <summary>No place.</summary>
    public const int None = 0;

    // As many places come at a time; making them takes less than a millisecond.
    private const int ChunkMaximum = 1 << 14;
    private const int ChunkMinimum = 16;

    private readonly int _shift;

    // A chunk never moves; only the list of chunks is copied when there are more.
    private SlotRow[][] _rows = [];
    private CacheNode?[][] _nodes = [];
    private int _free;

    // The first that was never used. 0 is no place.
    private int _unused = 1;

    /// <param name="expected">Nodes there may be; more are possible.</param>
    public EntrySlots(int expected) =>
        _shift = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(expected, ChunkMinimum, ChunkMaximum)));

    /// <summary>The row of a place.</summary>
    public ref SlotRow this[int slot] => ref _rows[slot >> _shift][slot & ((1 << _shift) - 1)];

    /// <summary>The node in a place; null for <see cref="None"/>.</summary>
    public CacheNode? NodeIn(int slot) => slot == None ? null : _nodes[slot >> _shift][slot & ((1 << _shift) - 1)];

    /// <summary>Gives a node a place, whose row is empty.</summary>
    public int Take(CacheNode node)
    {
        var slot = _free;
        if (slot != None)
        {
            _free = this[slot].Newer;
            this[slot] = default;
        }
        else
        {
            slot = _unused;
            if (slot >> _shift == _rows.Length)
                AddChunk();
            _unused++;
        }

        _nodes[slot >> _shift][slot & ((1 << _shift) - 1)] = node;
        return slot;
    }

    /// <summary>Takes a place back.</summary>
    public void Return(int slot)
    {
        _nodes[slot >> _shift][slot & ((1 << _shift) - 1)] = null;
        this[slot] = new SlotRow { Newer = _free };
        _free = slot;
    }

    private void AddChunk()
    {
        // Both or none: a lack of memory may come amid them.
        SlotRow[][] rows = [.. _rows, new SlotRow[1 << _shift]];
        _nodes = [.. _nodes, new CacheNode?[1 << _shift]];
        _rows = rows;
    }
}
