using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache;

public sealed class ResponseCacheTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly List<ResponseCache> _caches = [];

    // MemoryCache counts by the real clock.
    private readonly long _now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose()
    {
        foreach (var cache in _caches)
            cache.Dispose();
        var left = _pool.RentedSegments;
        _pool.Dispose();
        Assert.Equal(0, left);
    }

    [Fact]
    public void What_was_stored_is_found_under_its_host_and_target_alone()
    {
        var cache = Cache();
        Store(cache, "/a", "one");
        Assert.Equal("one", Find(cache, "/a"));
        Assert.Null(Find(cache, "/A"));
        Assert.Null(Find(cache, "/a?"));
        Assert.Null(Find(cache, "/"));
    }

    [Fact]
    public void A_miss_says_why()
    {
        var cache = Cache();
        Assert.Null(cache.TryAcquire(Messages.Request("/a"), null, out var miss));
        Assert.Equal(CacheReason.NothingStored, miss);
        Store(cache, "/a", "one", ["Vary: X"], ["X: 1"]);
        Assert.Null(cache.TryAcquire(Messages.Request("/a", "GET", "X: 2"), null, out miss));
        Assert.Equal(CacheReason.OtherVariant, miss);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(15_000)]
    public void A_key_may_be_as_long_as_a_request_line(int length)
    {
        var cache = Cache();
        var target = "/" + new string('a', length);
        Store(cache, target, "one");
        Assert.Equal("one", Find(cache, target));
        Assert.Null(Find(cache, target + "a"));
    }

    [Fact]
    public void An_entry_takes_the_place_of_the_same_variant_and_lets_its_body_go()
    {
        var cache = Cache();
        Store(cache, "/a", "one");
        Store(cache, "/a", "two");
        Assert.Equal("two", Find(cache, "/a"));
        Assert.Equal(1, cache.Count);
        Assert.Equal(1, _pool.RentedSegments);
    }

    [Fact]
    public void Whoever_holds_a_body_keeps_it_when_it_leaves_the_cache()
    {
        var cache = Cache();
        Store(cache, "/a", "one");
        var held = cache.TryAcquire(Messages.Request("/a"), null, out _)!;
        cache.Clear();
        Assert.Equal("one", Text(held));
        held.Response.Release();
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void Storing_the_same_entry_again_takes_no_second_reference()
    {
        var cache = Cache();
        var entry = Entry("/a", "one", [], []);
        cache.Store(KeyOf("/a"), entry, _now);
        cache.Store(KeyOf("/a"), entry, _now);
        entry.Response.Release();
        Assert.Equal("one", Find(cache, "/a"));
        Assert.Equal(1, cache.Clear());
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void An_entry_whose_body_has_gone_is_not_stored()
    {
        var cache = Cache();
        var entry = Entry("/a", "one", [], []);
        entry.Response.Release();
        cache.Store(KeyOf("/a"), entry, _now);
        Assert.Equal(0, cache.Count);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public void Variants_are_told_apart_and_the_latest_that_fits_is_given()
    {
        var cache = Cache();
        Store(cache, "/a", "one", ["Vary: X", Date(-10)], ["X: 1"]);
        Store(cache, "/a", "two", ["Vary: X", Date(-5)], ["X: 2"]);
        Store(cache, "/a", "any", [Date(-20)], []);
        Assert.Equal("one", Find(cache, "/a", "X: 1"));
        Assert.Equal("two", Find(cache, "/a", "X: 2"));
        Assert.Equal("any", Find(cache, "/a", "X: 3"));
        Assert.Equal(1, cache.Count);
        // One that fits all, and is later than all.
        Store(cache, "/a", "new", [Date(0)], []);
        Assert.Equal("new", Find(cache, "/a", "X: 1"));
    }

    [Fact]
    public void A_stranger_that_varies_its_requests_without_end_leaves_sixty_four_variants_and_the_newest()
    {
        var cache = Cache();
        for (var i = 0; i < 200; i++)
            Store(cache, "/a", $"{i}", ["Vary: X", Date(-i)], [$"X: {i}"]);
        Assert.Equal("199", Find(cache, "/a", "X: 199"));
        Assert.Equal(64, Enumerable.Range(0, 200).Count(i => Find(cache, "/a", $"X: {i}") is not null));
        Assert.Equal(64, _pool.RentedSegments);
    }

    [Fact]
    public void Bytes_are_what_the_entries_cost_whatever_comes_and_goes()
    {
        var cache = Cache();
        Assert.Equal(0, cache.Bytes);
        var entry = Entry("/a", "one", ["Vary: X"], ["X: 1"]);
        cache.Store(KeyOf("/a"), entry, _now);
        entry.Response.Release();
        Assert.Equal(entry.Cost, cache.Bytes);
        Store(cache, "/a", new string('x', 100_000), ["Vary: X"], ["X: 2"]);
        Assert.InRange(cache.Bytes, entry.Cost + 100_000, entry.Cost + 150_000);
        cache.Remove(KeyOf("/a"), cache.TryAcquire(Messages.Request("/a", "GET", "X: 2"), null, out _) is { } large ? Released(large) : entry);
        Assert.Equal(entry.Cost, cache.Bytes);
        cache.Remove(KeyOf("/a"));
        Assert.Equal(0, cache.Bytes);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Without_room_those_that_were_not_used_leave_first()
    {
        var cache = Cache(nodes: 3);
        Store(cache, "/a", "a");
        Store(cache, "/b", "b");
        Store(cache, "/c", "c");
        Assert.NotNull(Find(cache, "/a"));
        Store(cache, "/d", "d");
        Assert.NotNull(Find(cache, "/a"));
        Assert.Null(Find(cache, "/b"));
        Assert.Equal((3, 1L), (cache.Count, cache.Evictions));
    }

    [Fact]
    public void The_bytes_never_exceed_their_limit_and_an_entry_beyond_it_is_not_stored()
    {
        var cache = Cache(bytes: 20_000);
        for (var i = 0; i < 100; i++)
        {
            Store(cache, $"/{i}", new string('x', 100 * i));
            Assert.InRange(cache.Bytes, 0, 20_000);
        }

        var count = cache.Count;
        Assert.InRange(count, 1, 20);
        Store(cache, "/large", new string('x', 20_001));
        Assert.Null(Find(cache, "/large"));
        Assert.Equal(count, cache.Count);
    }

    [Fact]
    public void The_variants_of_one_key_leave_half_of_the_cache_to_others_and_the_oldest_go_first()
    {
        var cache = Cache(bytes: 48_000);
        Store(cache, "/b", "b");
        for (var i = 0; i < 10; i++)
        {
            Store(cache, "/a", $"{i}" + new string('x', 8000), ["Vary: X", Date(i - 10)], [$"X: {i}"]);
            Assert.InRange(cache.Bytes, 0, 48_000);
            Assert.StartsWith($"{i}x", Find(cache, "/a", $"X: {i}"));
        }

        Assert.Equal("b", Find(cache, "/b"));
        Assert.NotNull(Find(cache, "/a", "X: 8"));
        Assert.Null(Find(cache, "/a", "X: 7"));
        Assert.Equal(8, cache.Evictions);
    }

    [Fact]
    public void A_variant_larger_than_half_of_the_cache_stays_alone_of_its_key()
    {
        var cache = Cache(bytes: 40_000);
        Store(cache, "/a", "small", ["Vary: X", Date(0)], ["X: 1"]);
        Store(cache, "/a", new string('x', 25_000), ["Vary: X", Date(-5)], ["X: 2"]);
        Assert.Null(Find(cache, "/a", "X: 1"));
        Assert.NotNull(Find(cache, "/a", "X: 2"));
    }

    [Fact]
    public void What_has_outlived_its_time_leaves_at_the_housekeeping_and_what_may_still_be_confirmed_stays()
    {
        var cache = Cache();
        Store(cache, "/a", "a");
        Store(cache, "/b", "b", ["ETag: \"b\""], []);
        cache.Expire(_now + 59_000);
        Assert.Equal(2, cache.Count);
        cache.Expire(_now + 60_000);
        Assert.Null(Find(cache, "/a"));
        Assert.Equal("b", Find(cache, "/b"));
        cache.Expire(_now + 3_660_000);
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }

    [Fact]
    public void A_lifetime_longer_than_any_clock_is_kept_within_it()
    {
        var cache = Cache();
        Store(cache, "/a", "a", ["Cache-Control: max-age=99999999999999999999, stale-while-revalidate=99999999999999999999"], []);
        Assert.Equal("a", Find(cache, "/a"));
        cache.Expire(_now + (1000L * int.MaxValue) - 1);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void Removing_what_is_not_there_does_nothing()
    {
        var cache = Cache();
        Store(cache, "/a", "one");
        var stranger = Entry("/a", "other", [], []);
        cache.Remove(KeyOf("/b"));
        cache.Remove(KeyOf("/a"), stranger);
        cache.Remove(KeyOf("/b"), stranger);
        stranger.Response.Release();
        Assert.Equal("one", Find(cache, "/a"));
    }

    [Fact]
    public async Task Readers_and_writers_at_once_never_meet_a_body_that_has_gone()
    {
        var cache = Cache(bytes: 30_000, nodes: 5);
        Store(cache, "/0", "0");
        using var end = new CancellationTokenSource();
        using var begun = new Barrier(4);
        var readers = Enumerable.Range(0, 2).Select(reader => Threaded(() => ReadUntil(cache, reader, begun, end.Token))).ToArray();
        await Task.WhenAll(Enumerable.Range(2, 2).Select(writer => Threaded(() => WriteAll(cache, writer, begun))));
        await end.CancelAsync();
        await Task.WhenAll(readers);
        Assert.InRange(cache.Bytes, 0, 30_000);
        Assert.InRange(cache.Count, 0, 5);
        Assert.Equal(cache.Count, _pool.RentedSegments);
        cache.Clear();
        Assert.Equal((0, 0L), (cache.Count, cache.Bytes));
    }

    /// <summary>Runs on a thread of its own, whatever else the pool is busy with.</summary>
    private static Task Threaded(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void ReadUntil(ResponseCache cache, int seed, Barrier begun, CancellationToken end)
    {
        var random = new Random(seed);
        Assert.Equal("0", Find(cache, "/0"));
        begun.SignalAndWait(CancellationToken.None);
        while (!end.IsCancellationRequested)
        {
            var target = $"/{random.Next(8)}";
            if (Find(cache, target) is { } text)
                Assert.Equal(new string(target[1], text.Length), text);
        }
    }

    private void WriteAll(ResponseCache cache, int seed, Barrier begun)
    {
        var random = new Random(seed);
        begun.SignalAndWait(CancellationToken.None);
        for (var i = 0; i < 3000; i++)
        {
            var target = $"/{random.Next(8)}";
            if (random.Next(10) == 0)
                cache.Remove(KeyOf(target));
            else if (random.Next(100) == 0)
                cache.Expire(_now + 100_000);
            else
                Store(cache, target, new string(target[1], random.Next(1, 9000)));
        }
    }

    private ResponseCache Cache(long bytes = 1 << 20, int nodes = 100)
    {
        _caches.Add(new ResponseCache(bytes, nodes));
        return _caches[^1];
    }

    private string Date(long seconds) => "Date: " + Messages.Date((_now / 1000) + seconds);

    private CacheEntry Entry(string target, string text, string[] response, string[] request)
    {
        var head = Messages.Response(200, [.. response, "Content-Type: text/plain"]);
        var asked = Messages.Request(target, "GET", request);
        var body = new StoredBody(_pool, text.Length);
        Assert.True(body.Append(Encoding.ASCII.GetBytes(text)));
        body.Complete();
        var policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } };
        var decision = policy.Judge(asked, head, null, _now, _now);
        decision = decision with { Freshness = decision.MayStore ? decision.Freshness : new Freshness(_now, 0, 60_000) };
        return CacheEntry.Create(asked, head, body, decision, _now);
    }

    private void Store(ResponseCache cache, string target, string text) => Store(cache, target, text, [], []);

    private void Store(ResponseCache cache, string target, string text, string[] response, string[] request)
    {
        var entry = Entry(target, text, response, request);
        cache.Store(KeyOf(target), entry, _now);
        entry.Response.Release();
    }

    private static string KeyOf(string target) => CacheKey.Of(Messages.Request(target), null);

    private static CacheEntry Released(CacheEntry entry)
    {
        entry.Response.Release();
        return entry;
    }

    private static string? Find(ResponseCache cache, string target, params string[] fields)
    {
        if (cache.TryAcquire(Messages.Request(target, "GET", fields), null, out _) is not { } entry)
            return null;
        var text = Text(entry);
        entry.Response.Release();
        return text;
    }

    private static string Text(CacheEntry entry)
    {
        var text = new StringBuilder();
        while (entry.Response.Body.Read(text.Length, int.MaxValue, out var slice) == BodyRead.Available)
            text.Append(Encoding.ASCII.GetString(slice.Span));
        return text.ToString();
    }
}
