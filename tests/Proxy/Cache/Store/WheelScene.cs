using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Nodes in a wheel, and a clock that a test moves.</summary>
internal sealed class WheelScene
{
    private readonly SieveQueue _queue = new(16);
    private readonly ExpiryWheel _wheel;
    private readonly Dictionary<string, CacheNode> _nodes = [];

    public WheelScene(long now)
    {
        Now = now;
        _wheel = new ExpiryWheel(_queue.Slots);
    }

    /// <summary>In milliseconds since 1970.</summary>
    public long Now { get; set; }

    /// <summary>Nodes that walks have looked at.</summary>
    public int Looks { get; set; }

    /// <param name="later">When the node leaves, in milliseconds from now.</param>
    public void Add(string key, long later)
    {
        var node = new CacheNode(key);
        _nodes.Add(key, node);
        _queue.Add(node);
        Move(key, later);
    }

    public void Move(string key, long later)
    {
        var slot = _nodes[key].Slot;
        _queue.Slots[slot].KeepUntil = Now + later;
        _wheel.Observe(Now);
        _wheel.File(slot);
    }

    public void Remove(string key)
    {
        var node = _nodes[key];
        _nodes.Remove(key);
        _wheel.Remove(node.Slot);
        _queue.Remove(node);
    }

    /// <summary>Nodes that leave within the ticks of two times or between them.</summary>
    public int CountOfTicks(long first, long last) => _nodes.Values.Count(
        node => _queue.Slots[node.Slot].KeepUntil / ExpiryWheel.Tick is var tick
            && tick >= first / ExpiryWheel.Tick && tick <= last / ExpiryWheel.Tick);

    /// <summary>Takes out what is due.</summary>
    /// <param name="afterFirst">Done after the first that is due.</param>
    /// <returns>The keys, in the order found.</returns>
    public string[] Sweep(Action? afterFirst = null)
    {
        var found = new List<string>();
        _wheel.BeginSweep(Now);
        while (_wheel.TryLook(Now, out var due))
        {
            Looks++;
            if (_queue.Slots.NodeIn(due) is not { } node)
                continue;
            found.Add(node.Key);
            Remove(node.Key);
            if (found.Count == 1)
                afterFirst?.Invoke();
        }

        return [.. found];
    }
}
