using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Places of nodes.</summary>
public sealed class EntrySlotsTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 1000)]
    [InlineData(int.MaxValue, 40_000)]
    public void More_nodes_than_expected_get_places_and_no_row_moves_for_them(int expected, int count)
    {
        var slots = new EntrySlots(expected);
        var nodes = Enumerable.Range(0, count).Select(i => new CacheNode($"{i}")).ToArray();
        var first = slots.Take(nodes[0]);
        ref var row = ref slots[first];
        var taken = nodes[1..].Select(slots.Take).Prepend(first).ToArray();
        row.Cost = 7;
        Assert.Equal(7, slots[first].Cost);
        Assert.Equal(count, taken.Distinct().Count());
        Assert.DoesNotContain(EntrySlots.None, taken);
        Assert.All(taken.Zip(nodes), pair => Assert.Same(pair.Second, slots.NodeIn(pair.First)));
    }

    [Fact]
    public void A_place_that_was_returned_is_taken_again_and_empty()
    {
        var slots = new EntrySlots(10);
        var taken = Enumerable.Range(0, 5).Select(i => slots.Take(new CacheNode($"{i}"))).ToArray();
        slots[taken[3]] = new SlotRow { Cost = 1, KeepUntil = 2, Newer = 3, Older = 4, List = 5, Next = 6, Previous = 7 };
        slots.Return(taken[3]);
        Assert.Null(slots.NodeIn(taken[3]));
        slots.Return(taken[1]);
        var again = new[] { slots.Take(new CacheNode("a")), slots.Take(new CacheNode("b")) };
        Assert.Equal(new[] { taken[1], taken[3] }, again.Order());
        Assert.Equal(default, slots[taken[3]]);
        Assert.Equal(6, slots.Take(new CacheNode("c")));
    }

    [Fact]
    public void No_place_holds_no_node() => Assert.Null(new EntrySlots(10).NodeIn(EntrySlots.None));
}
