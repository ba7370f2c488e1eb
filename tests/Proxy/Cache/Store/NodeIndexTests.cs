using System.Globalization;
using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Where nodes are found by their keys.</summary>
public sealed class NodeIndexTests
{
    private const int Keys = 32_000;

    private static readonly long s_later = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 3_600_000;

    [Theory]
    [InlineData("https://a.example/object/{0}")]
    [InlineData("https://a.example/object/{0:D8}.jpg?width=1200&height=800&quality=85")]
    [InlineData("https://{0}.a.example/")]
    [InlineData("{0}")]
    [InlineData("https://a.example/{0:x}/{0:D4}/object")]
    public void No_share_of_a_large_index_holds_much_more_than_the_others(string form)
    {
        using var index = new NodeIndex(int.MaxValue);
        for (var i = 0; i < Keys; i++)
            index.Set(new CacheNode(string.Format(CultureInfo.InvariantCulture, form, i)), s_later);
        Assert.InRange(index.LargestShare, Keys / 64, Keys / 64 * 3 / 2);
    }

    [Fact]
    public void A_small_index_is_not_divided()
    {
        using var index = new NodeIndex(NodeIndex.UndividedMaximum);
        for (var i = 0; i < 100; i++)
            index.Set(new CacheNode($"{i}"), s_later);
        Assert.Equal(100, index.LargestShare);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void Each_node_is_found_under_its_key_until_it_is_removed_or_its_time_is_over(int nodesMaximum)
    {
        using var index = new NodeIndex(nodesMaximum);
        var keys = Enumerable.Range(0, 100).Select(length => new string('k', length)).ToArray();
        foreach (var key in keys)
            index.Set(new CacheNode(key), s_later);
        Assert.All(keys, key => Assert.Equal(key, index.Find(key)!.Key));
        foreach (var key in keys[50..])
            index.Remove(key);
        Assert.All(keys, key => Assert.Equal(key.Length < 50, index.Find(key) is not null));
        index.Set(new CacheNode(keys[7]), until: 0);
        Assert.Null(index.Find(keys[7]));
    }
}
