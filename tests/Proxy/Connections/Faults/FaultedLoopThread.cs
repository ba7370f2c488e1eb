using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>The thread of a worker's loop.</summary>
internal sealed class FaultedLoopThread : IDisposable
{
    private readonly Thread _thread;
    private readonly TaskCompletionSource<(EventLoop Loop, FaultingBackend Backend)> _started = new();
    private readonly TaskCompletionSource _ended = new();

    public FaultedLoopThread(BackendChoice choice, FaultPlan plan, FaultLedger faults, Worker worker)
    {
        _thread = new Thread(() => Run(choice, plan, faults, worker)) { IsBackground = true, Name = "faulted loop" };
        _thread.Start();
        (Loop, Backend) = _started.Task.GetAwaiter().GetResult();
    }

    public EventLoop Loop { get; }

    public FaultingBackend Backend { get; }

    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Does something on the loop's thread; fails where the loop has ended.</summary>
    public async Task DoAsync(Action action)
    {
        var work = new Work(action);
        Loop.Post(work);
        await (await Task.WhenAny(work.Done, _ended.Task));
    }

    public void Dispose()
    {
        Loop.Stop();
        _thread.Join();
    }

    private void Run(BackendChoice choice, FaultPlan plan, FaultLedger faults, Worker worker)
    {
        try
        {
            var kernel = choice.TryCreate(out _) ?? throw new InvalidOperationException("The back end can't be set up.");
            var backend = new FaultingBackend(kernel, plan);
            using var loop = new EventLoop(backend, 0, faults);
            worker.Adopt(loop);
            _started.SetResult((loop, backend));
            loop.Run();
            _ended.SetResult();
        }
        catch (Exception exception)
        {
            _started.TrySetException(exception);
            _ended.TrySetException(exception);
        }
    }

    internal sealed class Work(Action action) : IPosted
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public void Run()
        {
            try
            {
                action();
                _done.SetResult();
            }
            catch (Exception exception)
            {
                _done.SetException(exception);
            }
        }

        public void OnFault() => _done.TrySetException(new InvalidOperationException("The test's own work was to throw."));
    }
}
