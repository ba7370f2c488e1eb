using TlsProxy.Proxy.Cache.Explanation;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What is found of what was stored.</summary>
public sealed class ResponseCacheTests
{
    [Fact]
    public void What_was_stored_is_found_under_its_host_and_target_alone()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one");
        Assert.Equal("one", scene.Find("/a"));
        Assert.Null(scene.Find("/A"));
        Assert.Null(scene.Find("/a?"));
        Assert.Null(scene.Find("/"));
    }

    [Fact]
    public void A_miss_says_why()
    {
        using var scene = new CacheScene();
        Assert.Null(scene.Cache.TryAcquire(Messages.Request("/a"), null, out var miss));
        Assert.Equal(CacheReason.NothingStored, miss);
        scene.Store("/a", "one", ["Vary: X"], ["X: 1"]);
        Assert.Null(scene.Cache.TryAcquire(Messages.Request("/a", "GET", "X: 2"), null, out miss));
        Assert.Equal(CacheReason.OtherVariant, miss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(15_000)]
    public void A_key_may_be_as_long_as_a_request_line(int length)
    {
        using var scene = new CacheScene();
        var target = "/" + new string('a', length);
        scene.Store(target, "one");
        Assert.Equal("one", scene.Find(target));
        Assert.Null(scene.Find(target + "a"));
    }

    [Fact]
    public void An_entry_takes_the_place_of_the_same_variant_and_lets_its_body_go()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one");
        scene.Store("/a", "two");
        Assert.Equal("two", scene.Find("/a"));
        Assert.Equal(1, scene.Cache.Count);
        Assert.Equal(1, scene.Pool.RentedSegments);
    }

    [Fact]
    public void Whoever_holds_a_body_keeps_it_when_it_leaves_the_cache()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one");
        var held = scene.Cache.TryAcquire(Messages.Request("/a"), null, out _)!;
        scene.Cache.Clear();
        Assert.Equal("one", CacheScene.Text(held));
        held.Response.Release();
        Assert.Equal(0, scene.Pool.RentedSegments);
    }

    [Fact]
    public void Storing_the_same_entry_again_takes_no_second_reference()
    {
        using var scene = new CacheScene();
        var entry = scene.Entry("/a", "one", [], []);
        scene.Cache.Store(CacheScene.KeyOf("/a"), entry, scene.Cache.Permit(), scene.Begun);
        scene.Cache.Store(CacheScene.KeyOf("/a"), entry, scene.Cache.Permit(), scene.Begun);
        entry.Response.Release();
        Assert.Equal("one", scene.Find("/a"));
        Assert.Equal(1, scene.Cache.Clear());
        Assert.Equal(0, scene.Pool.RentedSegments);
    }

    [Fact]
    public void An_entry_whose_body_has_gone_is_not_stored()
    {
        using var scene = new CacheScene();
        var entry = scene.Entry("/a", "one", [], []);
        entry.Response.Release();
        scene.Cache.Store(CacheScene.KeyOf("/a"), entry, scene.Cache.Permit(), scene.Begun);
        Assert.Equal(0, scene.Cache.Count);
        Assert.Equal(0, scene.Cache.Bytes);
    }

    [Fact]
    public void Variants_are_told_apart_and_the_latest_that_fits_is_given()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one", ["Vary: X", scene.Date(-10)], ["X: 1"]);
        scene.Store("/a", "two", ["Vary: X", scene.Date(-5)], ["X: 2"]);
        scene.Store("/a", "any", [scene.Date(-20)], []);
        Assert.Equal("one", scene.Find("/a", "X: 1"));
        Assert.Equal("two", scene.Find("/a", "X: 2"));
        Assert.Equal("any", scene.Find("/a", "X: 3"));
        Assert.Equal(1, scene.Cache.Count);
        // One that fits all, and is later than all.
        scene.Store("/a", "new", [scene.Date(0)], []);
        Assert.Equal("new", scene.Find("/a", "X: 1"));
    }

    [Fact]
    public void A_stranger_that_varies_its_requests_without_end_leaves_sixty_four_variants_and_the_newest()
    {
        using var scene = new CacheScene();
        for (var i = 0; i < 200; i++)
            scene.Store("/a", $"{i}", ["Vary: X", scene.Date(-i)], [$"X: {i}"]);
        Assert.Equal("199", scene.Find("/a", "X: 199"));
        Assert.Equal(64, Enumerable.Range(0, 200).Count(i => scene.Find("/a", $"X: {i}") is not null));
        Assert.Equal(64, scene.Pool.RentedSegments);
    }

    [Fact]
    public void Removing_what_is_not_there_does_nothing()
    {
        using var scene = new CacheScene();
        scene.Store("/a", "one");
        var stranger = scene.Entry("/a", "other", [], []);
        scene.Cache.Remove(CacheScene.KeyOf("/b"));
        scene.Cache.Remove(CacheScene.KeyOf("/a"), stranger);
        scene.Cache.Remove(CacheScene.KeyOf("/b"), stranger);
        stranger.Response.Release();
        Assert.Equal("one", scene.Find("/a"));
    }
}
