using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>How what is due is found.</summary>
public sealed class ExpiryWheelTests
{
    private const long Turn = ExpiryWheel.Tick * ExpiryWheel.Ticks;

    private readonly WheelScene _scene = new(1_700_000_004_321);

    [Fact]
    public void A_wheel_without_nodes_finds_nothing()
    {
        Assert.Equal([], _scene.Sweep());
        Assert.Equal(0, _scene.Looks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60_000)]
    [InlineData(Turn - 1)]
    [InlineData(Turn + 1)]
    [InlineData(100 * Turn)]
    public void A_node_leaves_to_the_millisecond(long later)
    {
        _scene.Add("a", later);
        for (var left = later - 1; left > 0; left -= ExpiryWheel.Tick)
        {
            _scene.Now += Math.Min(left, ExpiryWheel.Tick);
            Assert.Equal([], _scene.Sweep());
        }

        _scene.Now++;
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Fact]
    public void What_should_have_left_before_it_came_leaves_next()
    {
        _scene.Add("a", -100_000);
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Fact]
    public void A_time_that_moves_to_earlier_counts_at_once()
    {
        _scene.Add("a", 500_000);
        _scene.Move("a", 20_000);
        _scene.Now += 20_000;
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(10 * Turn)]
    public void A_time_that_moves_to_later_keeps_the_node_up_to_then(long later)
    {
        _scene.Add("a", 20_000);
        _scene.Move("a", later);
        _scene.Now += later - 1;
        Assert.Equal([], _scene.Sweep());
        _scene.Now++;
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Fact]
    public void After_a_pause_of_many_turns_all_that_is_due_is_found_at_once()
    {
        for (var i = 0; i < 2000; i++)
            _scene.Add($"{i}", i * (Turn / 500));
        _scene.Now += 2 * Turn;
        Assert.Equal(1001, _scene.Sweep().Length);
        _scene.Now += 100 * Turn;
        Assert.Equal(999, _scene.Sweep().Length);
    }

    [Fact]
    public void A_clock_that_was_set_back_takes_the_wheel_along()
    {
        _scene.Add("a", 300_000);
        _scene.Sweep();
        _scene.Now -= 40 * Turn;
        _scene.Add("b", 30_000);
        _scene.Now += 29_999;
        Assert.Equal([], _scene.Sweep());
        _scene.Now++;
        Assert.Equal(["b"], _scene.Sweep());
        _scene.Now += (40 * Turn) + 270_000;
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Fact]
    public void What_was_due_when_it_came_leaves_after_the_clock_was_set_back_too()
    {
        _scene.Now += Turn;
        _scene.Add("a", -Turn);
        _scene.Now -= Turn / 2;
        Assert.Equal(["a"], _scene.Sweep());
    }

    [Fact]
    public void A_run_looks_at_what_is_due_soon_and_at_a_256th_of_all_else()
    {
        const int Far = 25_600;
        const int Near = 5000;
        var random = new Random(1);
        for (var i = 0; i < Far; i++)
            _scene.Add($"far {i}", (30 * Turn) + random.Next());
        for (var i = 0; i < Near; i++)
            _scene.Add($"near {i}", random.Next((int)Turn));
        var (before, left) = (_scene.Now, 0);
        for (var run = 0; run < 2 * ExpiryWheel.Ticks; run++)
        {
            _scene.Now += ExpiryWheel.Tick;
            // Those of a tick that isn't over are looked at in two runs.
            var soon = _scene.CountOfTicks(before, _scene.Now);
            _scene.Looks = 0;
            left += _scene.Sweep().Length;
            Assert.InRange(_scene.Looks, 0, soon + (Far / ExpiryWheel.Ticks) + 1);
            before = _scene.Now;
        }

        Assert.Equal(Near, left);
    }

    [Fact]
    public void What_comes_long_due_behind_the_walk_is_found_by_it()
    {
        _scene.Add("a", 1);
        _scene.Add("b", 2);
        _scene.Now += 10 * ExpiryWheel.Tick;
        var found = _scene.Sweep(afterFirst: () => _scene.Add("late", -9 * ExpiryWheel.Tick));
        Assert.Equal(["a", "b", "late"], found.Order());
    }

    [Fact]
    public void A_node_that_leaves_under_the_walk_does_not_end_it()
    {
        for (var i = 0; i < 10; i++)
            _scene.Add($"{i}", 5);
        _scene.Now += 10;
        Assert.Equal(9, _scene.Sweep(afterFirst: () => _scene.Remove("8")).Length);
    }

    [Fact]
    public void Two_walks_at_once_find_together_what_one_finds()
    {
        for (var i = 0; i < 100; i++)
            _scene.Add($"{i}", i * 1000);
        _scene.Now += 60_000;
        string[] others = [];
        var found = _scene.Sweep(afterFirst: () => others = _scene.Sweep());
        Assert.Equal(61, found.Length + others.Length);
    }
}
