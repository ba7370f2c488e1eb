namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Room for a large object among small ones: a store makes some of it, and the rest is left to be made.</summary>
public sealed class CacheDebtTests : IDisposable
{
    private const int Bytes = 3 << 20;
    private const int LargestOwed = Bytes / 8;

    private readonly CacheScene _scene;
    private int _told;
    private int _small;

    public CacheDebtTests()
    {
        _scene = new CacheScene(Bytes, 10_000, () => _told++);
        while (_scene.Cache.Evictions == 0)
            StoreSmall();
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_store_evicts_64_at_most_and_the_rest_when_it_is_told()
    {
        var evicted = StoreLarge();
        Assert.InRange(evicted, 1, 64);
        Assert.InRange(_scene.Cache.Bytes, Bytes + 1, Bytes + LargestOwed);
        Assert.Equal(1, _told);
        _scene.Cache.MakeRoom();
        Assert.InRange(_scene.Cache.Bytes, Bytes - 10_000, Bytes);
        Assert.NotNull(_scene.Find("/large"));
    }

    [Fact]
    public void Each_store_pays_a_part_of_what_is_left()
    {
        var evicted = StoreLarge();
        var stores = 0;
        for (; _scene.Cache.Bytes > Bytes; stores++)
        {
            var before = _scene.Cache.Evictions;
            StoreSmall();
            Assert.InRange(_scene.Cache.Evictions - before, 1, 64);
        }

        Assert.InRange(stores, 1, 5);
        Assert.Equal(stores, _told);
        Assert.NotNull(_scene.Find("/large"));
        Assert.InRange(evicted, 1, 64);
    }

    [Fact]
    public void Where_more_is_left_than_an_eighth_the_store_makes_the_room_itself()
    {
        StoreLarge(2 * LargestOwed);
        Assert.InRange(_scene.Cache.Bytes, Bytes / 2, Bytes);
        Assert.Equal(0, _told);
        Assert.NotNull(_scene.Find("/large"));
    }

    [Fact]
    public void Where_nobody_is_told_each_store_makes_all_the_room_itself()
    {
        using var scene = new CacheScene(Bytes, 10_000);
        for (var i = 0; scene.Cache.Evictions == 0; i++)
            scene.Store($"/{i}", "small");
        scene.Store("/large", new string('x', LargestOwed - 40_000));
        Assert.InRange(scene.Cache.Bytes, Bytes - 10_000, Bytes);
    }

    [Fact]
    public void A_store_evicts_few_where_all_were_used()
    {
        for (var i = 1; i < _small; i++)
            Assert.NotNull(_scene.Find($"/{i}"));
        Assert.InRange(StoreLarge(), 1, 4);
        _scene.Cache.MakeRoom();
        Assert.InRange(_scene.Cache.Bytes, Bytes - 10_000, Bytes);
    }

    [Fact]
    public void What_is_left_to_be_made_spares_what_it_is_made_for()
    {
        // The hand comes by the large object before there is room for it.
        for (var i = 1; i < _small - 80; i++)
            Assert.NotNull(_scene.Find($"/{i}"));
        for (var i = 0; i < 10; i++)
            StoreSmall();
        StoreLarge();
        _scene.Cache.MakeRoom();
        Assert.NotNull(_scene.Find("/large"));
        Assert.InRange(_scene.Cache.Bytes, Bytes - 10_000, Bytes);
    }

    private void StoreSmall() => _scene.Store($"/{_small++}", "small");

    /// <summary>Stores an object that takes the room of more than a hundred small ones.</summary>
    /// <returns>The evictions for it within the store.</returns>
    private long StoreLarge(int length = LargestOwed - 40_000)
    {
        var before = _scene.Cache.Evictions;
        _scene.Store("/large", new string('x', length));
        return _scene.Cache.Evictions - before;
    }
}
