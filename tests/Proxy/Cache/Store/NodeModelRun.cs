using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Steps that a seed decides, on the cache's lists and on a plain one.</summary>
internal sealed class NodeModelRun
{
    private readonly Random _random;
    private readonly SieveQueue _queue;
    private readonly ExpiryWheel _wheel;
    private readonly List<Known> _known = [];
    private Known? _hand;
    private long _now;
    private int _added;

    public NodeModelRun(int seed)
    {
        _random = new Random(seed);
        _queue = new SieveQueue(_random.Next(1, 40));
        _wheel = new ExpiryWheel(_queue.Slots);
        _now = 1_700_000_000_000 + _random.Next(1_000_000);
    }

    public int Victims { get; private set; }

    public int Due { get; private set; }

    public void Step()
    {
        switch (_random.Next(10))
        {
            case < 3:
                Add();
                break;
            case 3 when _known.Count > 0:
                File(Any(), KeepUntil());
                break;
            case 4 or 5 when _known.Count > 0:
                var used = Any();
                (used.Node.Visited, used.IsVisited) = (true, true);
                break;
            case 6 when _known.Count > 0:
                Remove(Any());
                break;
            case 7:
                Evict();
                break;
            case 8:
                _now += Pause();
                break;
            default:
                Expire();
                break;
        }

        AssertSame();
    }

    private Known Any() => _known[_random.Next(_known.Count)];

    private long KeepUntil() => _now + _random.Next(4) switch
    {
        0 => _random.Next(30_000),
        1 => _random.Next(-100_000, 5_000_000),
        2 => _random.NextInt64(1_000_000_000),
        _ => _random.Next(300_000),
    };

    /// <summary>Now and then the clock is set, or the housekeeping is late.</summary>
    private long Pause() => _random.Next(10) switch
    {
        0 => _random.Next(-3_000_000, 0),
        1 => _random.NextInt64(500_000_000),
        2 => _random.Next(5_000_000),
        _ => _random.Next(25_000),
    };

    private void Add()
    {
        var added = new Known(new CacheNode($"{_added++}"));
        _queue.Add(added.Node);
        _known.Add(added);
        File(added, KeepUntil());
    }

    private void File(Known known, long keepUntil)
    {
        known.KeepUntil = keepUntil;
        _queue.Slots[known.Node.Slot].KeepUntil = keepUntil;
        _wheel.Observe(_now);
        _wheel.File(known.Node.Slot);
    }

    private void Remove(Known known)
    {
        if (_hand == known)
            _hand = After(known);
        _known.Remove(known);
        _wheel.Remove(known.Node.Slot);
        _queue.Remove(known.Node);
    }

    private void Evict()
    {
        var spared = _known.Count > 0 && _random.Next(2) == 0 ? Any() : null;
        var expected = Victim(spared);
        Assert.Same(expected?.Node, _queue.Next(spared?.Node));
        if (expected is null)
            return;
        Victims++;
        Remove(expected);
    }

    private Known? Victim(Known? spared)
    {
        if (_known.Count == 0 || (_known.Count == 1 && _known[0] == spared))
            return null;
        // In the second round no mark is left.
        while (true)
        {
            var known = _hand ?? _known[0];
            _hand = After(known);
            if (known == spared)
                continue;
            if (!known.IsVisited)
                return known;
            known.IsVisited = false;
        }
    }

    private void Expire()
    {
        var due = _known.Where(known => known.KeepUntil <= _now).ToList();
        Due += due.Count;
        var looks = 0;
        var most = (2 * _known.Count) + due.Count;
        _wheel.BeginSweep(_now);
        while (_wheel.TryLook(_now, out var slot))
        {
            Assert.True(++looks <= most, $"{looks} looks at {_known.Count} nodes");
            if (_queue.Slots.NodeIn(slot) is not { } node)
                continue;
            var known = due.Single(known => known.Node == node);
            due.Remove(known);
            Remove(known);
        }

        Assert.Empty(due);
    }

    private Known? After(Known known) => _known.IndexOf(known) is var place && place + 1 < _known.Count ? _known[place + 1] : null;

    private void AssertSame()
    {
        Assert.Equal(_known.Count, _queue.Count);
        var node = _queue.Oldest;
        foreach (var known in _known)
        {
            if (node != known.Node || known.IsVisited != node.Visited)
                Assert.Fail($"{known.Node.Key} was expected in place of {node?.Key}, or another mark.");
            node = _queue.NewerThan(node);
        }
    }

    private sealed class Known(CacheNode node)
    {
        public CacheNode Node => node;

        public bool IsVisited { get; set; }

        public long KeepUntil { get; set; }
    }
}
