using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Keys whose last answer couldn't be shared: their requests don't wait for each other for a while (hit-for-miss). An answer to
/// credentials says so of requests with credentials alone. It keeps the hashes of keys, the latest of them. Its owner's lock
/// guards it.</summary>
/// <param name="countMaximum">The most keys remembered; one more takes the place of the oldest.</param>
internal sealed class HitForMissKeys(int countMaximum)
{
    /// <summary>The most keys that all shards together remember.</summary>
    public const int CountMaximum = 65_536;

    /// <summary>Bytes of one key with its places in list and table, as allocated.</summary>
    public const int MarkBytes = 128;

    private const long RememberedSeconds = 120;

    // All are remembered equally long, so the list is in the order of their ends: the first is the oldest.
    private readonly Dictionary<KeyHash, LinkedListNode<Mark>> _marks = [];
    private readonly LinkedList<Mark> _order = new();

    public int Count => _marks.Count;

    /// <summary>Remembers a key from now on.</summary>
    /// <param name="isOfOne">The answer was to cookies or credentials.</param>
    public void Add(KeyHash key, long now, bool isOfOne = false)
    {
        if (isOfOne)
            key = key.OfCredentials;
        if (_marks.TryGetValue(key, out var node))
            _order.Remove(node);
        else if (_marks.Count == countMaximum)
            node = TakeOldest();
        else
            node = NewMark();
        node.Value = new Mark(key, now + RememberedSeconds);
        _marks[key] = node;
        _order.AddLast(node);
    }

    public void Remove(KeyHash key)
    {
        Forget(key);
        Forget(key.OfCredentials);
    }

    /// <param name="isOfOne">The request has cookies or credentials.</param>
    public bool Contains(KeyHash key, long now, bool isOfOne = false) =>
        IsMarked(key, now) || (isOfOne && IsMarked(key.OfCredentials, now));

    /// <summary>Forgets those that have run out.</summary>
    public void Expire(long now)
    {
        while (_order.First is { } oldest && oldest.Value.Until <= now)
            TakeOldest();
        // After a flood of keys their room goes back.
        if (_marks.Count < _marks.Capacity / 4)
            _marks.TrimExcess();
    }

    private LinkedListNode<Mark> NewMark()
    {
        // By itself, the table would grow to more than twice the room that the most keys need.
        if (_marks.Count == _marks.Capacity && 2 * _marks.Count > countMaximum)
            _marks.EnsureCapacity(countMaximum);
        return new LinkedListNode<Mark>(default);
    }

    private void Forget(KeyHash key)
    {
        if (_marks.Remove(key, out var node))
            _order.Remove(node);
    }

    private bool IsMarked(KeyHash key, long now) => _marks.TryGetValue(key, out var node) && node.Value.Until > now;

    private LinkedListNode<Mark> TakeOldest()
    {
        var oldest = _order.First!;
        _order.RemoveFirst();
        _marks.Remove(oldest.Value.Key);
        return oldest;
    }

    private readonly record struct Mark(KeyHash Key, long Until);
}
