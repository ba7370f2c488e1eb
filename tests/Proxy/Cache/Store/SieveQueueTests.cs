using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

public sealed class SieveQueueTests
{
    private static readonly CacheNode Nobody = new("nobody");

    private readonly SieveQueue _queue = new(10);

    [Fact]
    public void An_empty_queue_has_no_victim()
    {
        Assert.Null(_queue.Next(Nobody));
        Assert.Null(_queue.Oldest);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Without_use_the_oldest_goes_first()
    {
        Add("abc");
        Assert.Equal("abc", Evict(3));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_node_that_was_used_is_spared_once()
    {
        Add("abc", used: "a");
        Assert.Equal("bca", Evict(3));
    }

    [Fact]
    public void The_hand_goes_on_where_it_was_and_does_not_return_to_the_oldest()
    {
        Add("abcd", used: "ab");
        Assert.Equal("c", Evict(1));
        // The marks of a and b are gone, but the hand is past them.
        Assert.Equal("dab", Evict(3));
    }

    [Fact]
    public void A_node_that_came_after_the_hand_passed_the_newest_waits_for_its_turn()
    {
        Add("ab", used: "ab");
        Assert.Equal("a", Evict(1));
        Add("c");
        Assert.Equal("bc", Evict(2));
    }

    [Fact]
    public void Where_all_are_used_the_oldest_goes()
    {
        Add("abcd", used: "abcd");
        Assert.Equal("a", Evict(1));
    }

    [Fact]
    public void The_spared_node_is_never_the_victim()
    {
        var spared = Add("a");
        Assert.Null(_queue.Next(spared));
        Add("b", used: "b");
        spared.Visited = false;
        Assert.Equal("b", _queue.Next(spared)!.Key);
        Assert.True(spared.IsListed);
    }

    [Fact]
    public void The_spared_node_keeps_its_mark()
    {
        var spared = Add("a", used: "a");
        Add("b");
        Assert.Equal("b", _queue.Next(spared)!.Key);
        Assert.True(spared.Visited);
    }

    [Fact]
    public void Marks_that_are_set_again_under_the_hand_cannot_hold_it_for_ever()
    {
        // Hits mark nodes without the lock: here each look at a mark finds it set.
        var nodes = Enumerable.Range(0, 5).Select(i => Add($"{i}", used: $"{i}")).ToArray();
        for (var i = 0; i < 100; i++)
        {
            foreach (var node in nodes)
                node.Visited = true;
            Assert.NotNull(_queue.Next(nodes[0]));
            Assert.NotSame(nodes[0], _queue.Next(nodes[0]));
        }
    }

    [Fact]
    public void For_one_victim_no_more_than_256_nodes_are_looked_at()
    {
        var nodes = Enumerable.Range(0, 1000).Select(_ => Add("a", used: "a")).ToArray();
        Assert.Same(nodes[256], _queue.Next(Nobody));
        Assert.All(nodes[256..], node => Assert.True(node.Visited));
        // The hand goes on from there.
        _queue.Remove(nodes[256]);
        nodes[300].Visited = false;
        Assert.Same(nodes[300], _queue.Next(Nobody));
    }

    [Theory]
    [InlineData("a", "bcd")]
    [InlineData("b", "acd")]
    [InlineData("d", "abc")]
    public void A_node_taken_out_leaves_the_others_in_order(string removed, string left)
    {
        var nodes = "abcd".Select(key => Add(key.ToString())).ToArray();
        var node = nodes.Single(known => known.Key == removed);
        _queue.Remove(node);
        Assert.False(node.IsListed);
        Assert.Null(_queue.NewerThan(node));
        Assert.Equal(EntrySlots.None, node.Slot);
        Assert.Equal(left, Evict(3));
    }

    [Fact]
    public void The_node_under_the_hand_may_be_taken_out()
    {
        var nodes = "abcd".Select(key => Add(key.ToString(), used: key == 'a' ? "a" : string.Empty)).ToArray();
        Assert.Equal("b", Evict(1));
        // The hand stands on c.
        _queue.Remove(nodes[2]);
        Assert.Equal("da", Evict(2));
    }

    [Fact]
    public void The_newest_node_under_the_hand_may_be_taken_out()
    {
        var nodes = "abc".Select(key => Add(key.ToString(), used: key == 'a' ? "a" : string.Empty)).ToArray();
        Assert.Equal("b", Evict(1));
        _queue.Remove(nodes[2]);
        Assert.Equal("a", Evict(1));
        Assert.Null(_queue.Next(Nobody));
    }

    [Fact]
    public void A_node_may_come_back()
    {
        var node = Add("a");
        _queue.Remove(node);
        _queue.Add(node);
        Assert.Equal(1, _queue.Count);
        Assert.Equal("a", Evict(1));
    }

    [Fact]
    public void In_any_order_of_uses_and_removals_the_queue_holds_what_was_added_and_not_removed()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var queue = new SieveQueue(random.Next(100));
            var listed = new List<CacheNode>();
            for (var step = 0; step < 300; step++)
            {
                var choice = random.Next(4);
                if (choice == 0 || listed.Count == 0)
                {
                    listed.Add(new CacheNode($"{step}"));
                    queue.Add(listed[^1]);
                }
                else if (choice == 1)
                {
                    listed[random.Next(listed.Count)].Visited = true;
                }
                else
                {
                    var victim = choice == 2 ? listed[random.Next(listed.Count)] : queue.Next(Nobody)!;
                    Assert.True(listed.Remove(victim));
                    queue.Remove(victim);
                }

                Assert.Equal(listed.Count, queue.Count);
            }

            var order = new List<CacheNode>();
            for (var node = queue.Oldest; node is not null; node = queue.NewerThan(node))
                order.Add(node);
            Assert.Equal(listed, order);
        }
    }

    /// <summary>Adds a node for each letter; returns the last.</summary>
    private CacheNode Add(string keys, string used = "")
    {
        CacheNode? last = null;
        foreach (var key in keys)
        {
            last = new CacheNode(key.ToString()) { Visited = used.Contains(key, StringComparison.Ordinal) };
            _queue.Add(last);
        }

        return last!;
    }

    private string Evict(int count)
    {
        var victims = string.Empty;
        for (var i = 0; i < count; i++)
        {
            var victim = _queue.Next(Nobody)!;
            _queue.Remove(victim);
            victims += victim.Key;
        }

        return victims;
    }
}
