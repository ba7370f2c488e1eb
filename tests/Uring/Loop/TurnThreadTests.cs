using TlsProxy.Testing;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>A loop belongs to the thread that runs its turn: a checked build fails where another uses it.</summary>
public sealed class TurnThreadTests : IDisposable
{
    private readonly LoopScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Another_thread_may_not_use_the_loop_during_its_turn()
    {
        Exception? own = null, others = null;
        _scene.Loop.Post(new Work(() =>
        {
            own = Record.Exception(Use);
            others = OnAnotherThread(Use);
        }));
        _scene.Turn();

        Assert.Null(own);
        Assert.Equal(CheckedBuild.IsRunning, others is not null);
    }

    [Fact]
    public void Between_turns_a_loop_passes_from_thread_to_thread()
    {
        _scene.Turn();

        Assert.Null(OnAnotherThread(() =>
        {
            Use();
            _scene.Turn();
        }));
        Assert.Null(Record.Exception(Use));
    }

    private static Exception? OnAnotherThread(Action work)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(work));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private void Use() => _scene.Loop.Cancel(_scene.Operation(1));
}
