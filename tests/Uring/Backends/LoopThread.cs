using System.Net;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>An event loop on a thread of its own.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ready = new();
    private EventLoop? _loop;
    private BackendFailure? _failure;

    /// <param name="request">What the loop stands on; by default what the environment asks the tests to stand on.</param>
    public LoopThread(BackendRequest? request = null)
    {
        request ??= new BackendRequest { Kind = KindOfTheRun };
        var choice = BackendChoice.Make(request, out var failure);
        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"SKIPPED: {failure?.Reason}");
        Assert.True(choice is not null, failure?.Reason);
        _thread = new Thread(() => Run(choice)) { IsBackground = true };
        _thread.Start();
        _ready.Wait();
        Assert.True(_failure is null, _failure?.Reason);
    }

    public EventLoop Loop => _loop!;

    /// <summary>The kind that this run of the tests is about, or null for what the proxy would take by itself.</summary>
    private static BackendKind? KindOfTheRun
    {
        get
        {
            var name = Environment.GetEnvironmentVariable("TLSPROXY_TEST_TRANSPORT");
            return string.IsNullOrEmpty(name) ? null : Enum.GetValues<BackendKind>().Single(kind => BackendChoice.NameOf(kind) == name);
        }
    }

    /// <summary>Runs on the loop's thread and waits for it.</summary>
    public T Do<T>(Func<T> work)
    {
        var call = new Call<T>(work);
        Loop.Post(call);
        return call.Result.Task.GetAwaiter().GetResult();
    }

    /// <summary>Runs on the loop's thread and waits for it.</summary>
    public void Run(Action work) => Do(() =>
    {
        work();
        return 0;
    });

    /// <summary>Waits until the loop has turned some times: what was submitted before has been tried, and what it completed has been
    /// told.</summary>
    public void FinishTurns()
    {
        var turns = new Turns(Loop, 4);
        Loop.Post(turns);
        turns.Finished.Task.GetAwaiter().GetResult();
    }

    public (int Descriptor, int Port) Listen(int? sendBufferBytes = null)
    {
        var error = Loop.Sockets.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions { SendBufferBytes = sendBufferBytes }, out var descriptor,
            out var bound);
        Assert.Equal(Errno.None, error);
        return (descriptor, bound.Port);
    }

    public void Dispose()
    {
        Loop.Stop();
        _thread.Join();
        _ready.Dispose();
    }

    private void Run(BackendChoice choice)
    {
        var backend = choice.TryCreate(out _failure);
        if (backend is null)
        {
            _ready.Set();
            return;
        }

        using var loop = new EventLoop(backend);
        _loop = loop;
        _ready.Set();
        loop.Run();
    }

    private sealed class Call<T>(Func<T> work) : IPosted
    {
        public TaskCompletionSource<T> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run()
        {
            try
            {
                Result.SetResult(work());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                Result.SetException(exception);
            }
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }

    /// <summary>Counts turns by work that each of them puts off to the next.</summary>
    private sealed class Turns(EventLoop loop, int count) : IPosted
    {
        private int _left = count;

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run()
        {
            if (_left-- > 0)
                loop.Defer(this);
            else
                Finished.SetResult();
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
