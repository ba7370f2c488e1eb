using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class DeadlineTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private readonly LoopScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Deadlines_pass_at_their_time_and_once()
    {
        _scene.Loop.Arm(_scene.Deadline(1), TimeSpan.FromSeconds(2));
        Assert.Equal(string.Empty, TurnAt((2 * Second) - 1));
        Assert.Equal("due 1", TurnAt(2 * Second));
        Assert.Equal(string.Empty, TurnAt(9 * Second));
    }

    [Fact]
    public void Deadlines_of_one_duration_pass_in_the_order_of_their_arming()
    {
        var deadlines = Enumerable.Range(0, 4).Select(_scene.Deadline).ToArray();
        foreach (var deadline in deadlines)
        {
            _scene.Backend.Now += Second;
            _scene.Turn();
            _scene.Loop.Arm(deadline, TimeSpan.FromSeconds(10));
        }

        Assert.Equal("due 0, due 1", TurnAt(12 * Second));
        Assert.Equal("due 2, due 3", TurnAt(99 * Second));
    }

    [Fact]
    public void Those_that_are_armed_are_counted()
    {
        var (first, second) = (_scene.Deadline(1), _scene.Deadline(2));
        _scene.Loop.Arm(first, TimeSpan.FromSeconds(1));
        _scene.Loop.Arm(first, TimeSpan.FromSeconds(3));
        _scene.Loop.Arm(second, TimeSpan.FromSeconds(1));
        Assert.Equal(2, _scene.Loop.ArmedDeadlines);

        EventLoop.Disarm(first);
        Assert.Equal(1, _scene.Loop.ArmedDeadlines);
        Assert.Equal("due 2", TurnAt(Second));
        Assert.Equal(0, _scene.Loop.ArmedDeadlines);
    }

    [Fact]
    public void One_that_is_armed_again_moves_behind_the_others()
    {
        var moved = _scene.Deadline(1);
        _scene.Loop.Arm(moved, TimeSpan.FromSeconds(1));
        _scene.Loop.Arm(_scene.Deadline(2), TimeSpan.FromSeconds(1));
        _scene.Loop.Arm(moved, TimeSpan.FromSeconds(1));
        Assert.Equal("due 2, due 1", TurnAt(Second));
    }

    [Fact]
    public void One_that_is_armed_for_another_time_forgets_the_first()
    {
        var moved = _scene.Deadline(1);
        _scene.Loop.Arm(moved, TimeSpan.FromSeconds(1));
        _scene.Loop.Arm(moved, TimeSpan.FromSeconds(5));
        Assert.Equal(string.Empty, TurnAt(4 * Second));
        Assert.True(moved.IsArmed);
        Assert.Equal("due 1", TurnAt(5 * Second));
        Assert.False(moved.IsArmed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void One_that_is_disarmed_does_not_pass_and_leaves_the_others(int disarmed)
    {
        var deadlines = Enumerable.Range(0, 3).Select(_scene.Deadline).ToArray();
        foreach (var deadline in deadlines)
            _scene.Loop.Arm(deadline, TimeSpan.FromSeconds(1));
        EventLoop.Disarm(deadlines[disarmed]);
        EventLoop.Disarm(deadlines[disarmed]);
        Assert.Equal(string.Join(", ", new[] { 0, 1, 2 }.Where(tag => tag != disarmed).Select(tag => $"due {tag}")), TurnAt(Second));
    }

    [Fact]
    public void A_handler_may_disarm_another_that_is_due_and_arm_one_of_a_new_duration()
    {
        var first = _scene.Deadline(1);
        var second = _scene.Deadline(2);
        var third = _scene.Deadline(3);
        _scene.Loop.Arm(first, TimeSpan.FromSeconds(1));
        _scene.Loop.Arm(second, TimeSpan.FromSeconds(1));
        _scene.OnDue = due =>
        {
            if (due != first)
                return;
            EventLoop.Disarm(second);
            _scene.Loop.Arm(third, TimeSpan.FromSeconds(3));
        };
        Assert.Equal("due 1", TurnAt(Second));
        Assert.Equal("due 3", TurnAt(4 * Second));
    }

    [Fact]
    public void A_handler_that_arms_its_own_deadline_again_is_called_in_a_later_turn()
    {
        _scene.Loop.Arm(_scene.Deadline(1), TimeSpan.FromSeconds(1));
        _scene.OnDue = due => _scene.Loop.Arm(due, TimeSpan.FromSeconds(1));
        Assert.Equal("due 1", TurnAt(Second));
        Assert.Equal("due 1", TurnAt(2 * Second));
    }

    [Fact]
    public void A_turn_waits_until_the_first_deadline_of_all_and_without_one_for_as_long_as_it_takes()
    {
        _scene.Loop.Turn();
        Assert.Equal(-1, _scene.Backend.LastTimeout);
        _scene.Loop.Arm(_scene.Deadline(1), TimeSpan.FromSeconds(7));
        var near = _scene.Deadline(2);
        _scene.Loop.Arm(near, TimeSpan.FromSeconds(2));
        _scene.Loop.Turn();
        Assert.Equal(2 * Second, _scene.Backend.LastTimeout);
        EventLoop.Disarm(near);
        _scene.Loop.Turn();
        Assert.Equal(7 * Second, _scene.Backend.LastTimeout);
        // One that is late already isn't waited for.
        _scene.Backend.Now = 99 * Second;
        _scene.Loop.Turn();
        Assert.Equal(0, _scene.Backend.LastTimeout);
    }

    private string TurnAt(long now)
    {
        _scene.Backend.Now = now;
        return _scene.Turn();
    }
}
