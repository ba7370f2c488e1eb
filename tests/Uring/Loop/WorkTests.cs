using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class WorkTests : IDisposable
{
    private readonly LoopScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Posted_work_runs_in_order_after_what_has_completed()
    {
        var operation = _scene.Operation(1);
        _scene.Loop.Poll(operation, 10, 1);
        Post("a");
        Post("b");
        _scene.Backend.Complete(operation, 1);
        Assert.Equal("1: 1, a, b", _scene.Turn());
        Assert.Equal(string.Empty, _scene.Turn());
    }

    [Fact]
    public void The_first_of_several_posts_wakes_and_the_first_after_a_turn_wakes_again()
    {
        Post("a");
        Post("b");
        Assert.Equal(1, _scene.Backend.Wakes);
        _scene.Turn();
        Post("c");
        Assert.Equal(2, _scene.Backend.Wakes);
    }

    [Fact]
    public void Work_that_is_posted_by_work_runs_in_the_same_turn()
    {
        _scene.Loop.Post(new Work(() =>
        {
            _scene.Told.Add("a");
            Post("b");
        }));
        Assert.Equal("a, b", _scene.Turn());
    }

    [Fact]
    public void A_turn_does_not_wait_while_work_is_posted_or_deferred()
    {
        Post("a");
        _scene.Loop.Turn();
        Assert.Equal(0, _scene.Backend.LastTimeout);
        _scene.Loop.Defer(new Work(() => { }));
        _scene.Loop.Turn();
        Assert.Equal(0, _scene.Backend.LastTimeout);
        _scene.Loop.Turn();
        Assert.Equal(-1, _scene.Backend.LastTimeout);
    }

    [Fact]
    public void Work_that_is_deferred_by_deferred_work_waits_for_the_next_turn()
    {
        _scene.Loop.Defer(new Work(() =>
        {
            _scene.Told.Add("a");
            _scene.Loop.Defer(new Work(() => _scene.Told.Add("b")));
        }));
        Post("first");
        Assert.Equal("first, a", _scene.Turn());
        Assert.Equal("b", _scene.Turn());
    }

    [Fact]
    public void A_run_ends_with_the_turn_in_which_it_is_stopped()
    {
        Post("a");
        _scene.Loop.Post(new Work(_scene.Loop.Stop));
        Post("b");
        _scene.Loop.Run();
        Assert.Equal(["a", "b"], _scene.Told);
        Assert.Equal(1, _scene.Loop.Turns);
    }

    private void Post(string name) => _scene.Loop.Post(new Work(() => _scene.Told.Add(name)));
}
