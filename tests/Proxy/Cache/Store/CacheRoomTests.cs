using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What a cache keeps where its bytes, its places or the time of what it holds run out.</summary>
public sealed class CacheRoomTests
{
    [Fact]
    public void Bytes_are_what_the_entries_cost_whatever_comes_and_goes()
    {
        using var scene = new CacheScene();
        Assert.Equal(0, scene.Cache.Bytes);
        var entry = scene.Entry("/a", "one", ["Vary: X"], ["X: 1"]);
        scene.Cache.Store(CacheScene.KeyOf("/a"), entry, scene.Cache.Permit(), scene.Begun);
        entry.Response.Release();
        Assert.Equal(entry.Cost, scene.Cache.Bytes);
        scene.Store("/a", new string('x', 100_000), ["Vary: X"], ["X: 2"]);
        Assert.InRange(scene.Cache.Bytes, entry.Cost + 100_000, entry.Cost + 150_000);
        var large = scene.Cache.TryAcquire(Messages.Request("/a", "GET", "X: 2"), null, out _);
        Assert.NotNull(large);
        scene.Cache.Remove(CacheScene.KeyOf("/a"), Released(large));
        Assert.Equal(entry.Cost, scene.Cache.Bytes);
        scene.Cache.Remove(CacheScene.KeyOf("/a"));
        Assert.Equal(0, scene.Cache.Bytes);
        Assert.Equal(0, scene.Cache.Count);
    }

    [Fact]
    public void Without_room_those_that_were_not_used_leave_first()
    {
        using var scene = new CacheScene(nodes: 3);
        scene.Store("/a", "a");
        scene.Store("/b", "b");
        scene.Store("/c", "c");
        Assert.NotNull(scene.Find("/a"));
        scene.Store("/d", "d");
        Assert.NotNull(scene.Find("/a"));
        Assert.Null(scene.Find("/b"));
        Assert.Equal((3, 1L), (scene.Cache.Count, scene.Cache.Evictions));
    }

    [Fact]
    public void The_bytes_never_exceed_their_limit_and_an_entry_beyond_it_is_not_stored()
    {
        using var scene = new CacheScene(bytes: 20_000);
        for (var i = 0; i < 100; i++)
        {
            scene.Store($"/{i}", new string('x', 100 * i));
            Assert.InRange(scene.Cache.Bytes, 0, 20_000);
        }

        var count = scene.Cache.Count;
        Assert.InRange(count, 1, 20);
        scene.Store("/large", new string('x', 20_001));
        Assert.Null(scene.Find("/large"));
        Assert.Equal(count, scene.Cache.Count);
    }

    [Fact]
    public void The_variants_of_one_key_leave_half_of_the_cache_to_others_and_the_oldest_go_first()
    {
        using var scene = new CacheScene(bytes: 48_000);
        scene.Store("/b", "b");
        for (var i = 0; i < 10; i++)
        {
            scene.Store("/a", $"{i}" + new string('x', 8000), ["Vary: X", scene.Date(i - 10)], [$"X: {i}"]);
            Assert.InRange(scene.Cache.Bytes, 0, 48_000);
            Assert.StartsWith($"{i}x", scene.Find("/a", $"X: {i}"));
        }

        Assert.Equal("b", scene.Find("/b"));
        Assert.NotNull(scene.Find("/a", "X: 8"));
        Assert.Null(scene.Find("/a", "X: 7"));
        Assert.Equal(8, scene.Cache.Evictions);
    }

    [Fact]
    public void A_variant_larger_than_half_of_the_cache_stays_alone_of_its_key()
    {
        using var scene = new CacheScene(bytes: 40_000);
        scene.Store("/a", "small", ["Vary: X", scene.Date(0)], ["X: 1"]);
        scene.Store("/a", new string('x', 25_000), ["Vary: X", scene.Date(-5)], ["X: 2"]);
        Assert.Null(scene.Find("/a", "X: 1"));
        Assert.NotNull(scene.Find("/a", "X: 2"));
    }

    [Fact]
    public void What_has_outlived_its_time_leaves_at_the_housekeeping_and_what_may_still_be_confirmed_stays()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "a");
        scene.Store("/b", "b", ["ETag: \"b\""], []);
        scene.Cache.Expire(scene.Begun + 59_000);
        Assert.Equal(2, scene.Cache.Count);
        scene.Cache.Expire(scene.Begun + 60_000);
        Assert.Null(scene.Find("/a"));
        Assert.Equal("b", scene.Find("/b"));
        scene.Cache.Expire(scene.Begun + 3_660_000);
        Assert.Equal((0, 0L), (scene.Cache.Count, scene.Cache.Bytes));
    }

    [Fact]
    public void A_lifetime_longer_than_any_clock_is_kept_within_it()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "a", ["Cache-Control: max-age=99999999999999999999, stale-while-revalidate=99999999999999999999"], []);
        Assert.Equal("a", scene.Find("/a"));
        scene.Cache.Expire(scene.Begun + (1000L * int.MaxValue) - 1);
        Assert.Equal(1, scene.Cache.Count);
    }

    [Theory]
    [InlineData(600, 10)]
    [InlineData(10, 600)]
    [InlineData(10, 100_000)]
    [InlineData(100_000, 10)]
    public void What_is_stored_again_leaves_at_its_new_time(int before, int after)
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one", [$"Cache-Control: max-age={before}"], []);
        scene.Store("/a", "two", [$"Cache-Control: max-age={after}"], []);
        scene.Cache.Expire(scene.Begun + (1000 * after) - 1);
        Assert.Equal(1, scene.Cache.Count);
        scene.Cache.Expire(scene.Begun + (1000 * after));
        Assert.Equal((0, 0L), (scene.Cache.Count, scene.Cache.Bytes));
    }

    [Fact]
    public void Without_the_variant_that_would_stay_longest_a_key_leaves_with_the_next()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one", ["Vary: X", "Cache-Control: max-age=20"], ["X: 1"]);
        scene.Store("/a", "two", ["Vary: X", "Cache-Control: max-age=50000"], ["X: 2"]);
        var longest = scene.Cache.TryAcquire(Messages.Request("/a", "GET", "X: 2"), null, out _)!;
        scene.Cache.Remove(CacheScene.KeyOf("/a"), Released(longest));
        scene.Cache.Expire(scene.Begun + 20_000);
        Assert.Equal((0, 0L), (scene.Cache.Count, scene.Cache.Bytes));
    }

    private static CacheEntry Released(CacheEntry entry)
    {
        entry.Response.Release();
        return entry;
    }
}
