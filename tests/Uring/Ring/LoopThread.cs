using System.Net;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Tests.Ring;

/// <summary>An event loop on io_uring, on a thread of its own.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ready = new();
    private EventLoop? _loop;
    private Exception? _failure;

    public LoopThread(RingOptions? options = null)
    {
        _thread = new Thread(() => Run(options ?? new RingOptions())) { IsBackground = true };
        _thread.Start();
        _ready.Wait();
        if (_failure is not null)
            throw _failure;
    }

    public EventLoop Loop => _loop!;

    /// <summary>Runs on the loop's thread and waits for it.</summary>
    public T Do<T>(Func<T> work)
    {
        var call = new Call<T>(work);
        Loop.Post(call);
        return call.Result.Task.GetAwaiter().GetResult();
    }

    public (int Descriptor, int Port) Listen(int? sendBufferBytes = null)
    {
        var error = Loop.Sockets.Listen(
            new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions { SendBufferBytes = sendBufferBytes }, out var descriptor, out var bound);
        Assert.Equal(Errno.None, error);
        return (descriptor, bound.Port);
    }

    public void Dispose()
    {
        Loop.Stop();
        _thread.Join();
        _ready.Dispose();
    }

    private void Run(RingOptions options)
    {
        var backend = RingBackend.TryCreate(options, out var failure);
        if (backend is null)
        {
            _failure = new InvalidOperationException(failure!.Reason);
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
    }
}
