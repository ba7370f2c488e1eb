using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>Work that a loop's own thread posts to it: no wake is spent, and none is missing.</summary>
public sealed class OwnPostsTests : IDisposable
{
    private readonly LoopScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_post_within_a_turn_wakes_nobody()
    {
        _scene.Loop.Defer(new Work(() => Post("a")));
        _scene.Turn();
        Assert.Equal(0, _scene.Backend.Wakes);
        Assert.Equal("a", _scene.Turn());
    }

    [Fact]
    public void What_a_completion_posts_runs_in_the_same_turn()
    {
        var operation = _scene.Operation(1);
        _scene.Loop.Poll(operation, 10, 1);
        _scene.OnTold = _ => Post("a");
        _scene.Backend.Complete(operation, 1);
        Assert.Equal("1: 1, a", _scene.Turn());
        Assert.Equal(0, _scene.Backend.Wakes);
    }

    [Fact]
    public void What_a_deadline_posts_runs_in_the_next_turn_which_does_not_wait()
    {
        _scene.OnDue = _ => Post("a");
        _scene.Loop.Arm(_scene.Deadline(1), TimeSpan.FromTicks(1));
        _scene.Backend.Now = 1_000;
        Assert.Equal("due 1", _scene.Turn());

        _scene.Told.Clear();
        _scene.Loop.Turn();

        Assert.Equal(0, _scene.Backend.LastTimeout);
        Assert.Equal(["a"], _scene.Told);
        _scene.Loop.Turn();
        Assert.Equal(-1, _scene.Backend.LastTimeout);
        Assert.Equal(0, _scene.Backend.Wakes);
    }

    [Fact]
    public void What_deferred_work_posts_runs_in_the_next_turn_which_does_not_wait()
    {
        _scene.Loop.Defer(new Work(() => _scene.Loop.Post(new Work(() => Post("b")))));
        _scene.Turn();
        _scene.Loop.Turn();
        Assert.Equal(0, _scene.Backend.LastTimeout);
        Assert.Equal(["b"], _scene.Told);
        Assert.Equal(0, _scene.Backend.Wakes);
    }

    [Fact]
    public void A_post_of_another_thread_during_a_turn_wakes_also_after_one_of_the_own_thread()
    {
        _scene.Loop.Defer(new Work(() =>
        {
            Post("own");
            OnAnotherThread(() => Post("other"));
            Post("own again");
        }));
        _scene.Turn();
        Assert.Equal(1, _scene.Backend.Wakes);
        Assert.Equal("own, other, own again", _scene.Turn());
    }

    [Fact]
    public void A_post_between_turns_wakes_whichever_thread_has_run_them()
    {
        _scene.Turn();
        Post("a");
        Assert.Equal(1, _scene.Backend.Wakes);
    }

    [Fact]
    public void A_post_after_a_turn_that_threw_wakes()
    {
        _scene.Loop.Defer(new Work(() => throw new InvalidOperationException("The test's own.")));
        Assert.Throws<InvalidOperationException>(() => _scene.Turn());
        Assert.False(_scene.Loop.IsCurrent);
        Post("a");
        Assert.Equal(1, _scene.Backend.Wakes);
    }

    [Fact]
    public void A_loop_is_current_for_its_own_thread_during_a_turn_only()
    {
        using var other = new LoopScene();
        var seen = new List<bool>();
        void Look() => seen.Add(_scene.Loop.IsCurrent);
        Look();
        _scene.Loop.Defer(new Work(() =>
        {
            Look();
            OnAnotherThread(Look);
            seen.Add(other.Loop.IsCurrent);
        }));
        _scene.Turn();
        Look();
        Assert.Equal([false, true, false, false, false], seen);
    }

    private static void OnAnotherThread(Action work)
    {
        var thread = new Thread(() => work());
        thread.Start();
        thread.Join();
    }

    private void Post(string name) => _scene.Loop.Post(new Work(() => _scene.Told.Add(name)));
}
