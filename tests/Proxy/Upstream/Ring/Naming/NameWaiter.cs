using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Naming;

/// <summary>Waits for the addresses of a name, and is its own loop's mailbox.</summary>
internal sealed class NameWaiter : IMailbox, IPosted
{
    private readonly TaskCompletionSource _posted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _posts;

    public int Index => 0;

    /// <summary>How often it was posted.</summary>
    public int Posts => Volatile.Read(ref _posts);

    /// <summary>Completes with the first post.</summary>
    public Task Posted => _posted.Task.WaitAsync(TimeSpan.FromMinutes(1));

    public void Post(IPosted work)
    {
        Assert.Same(this, work);
        Interlocked.Increment(ref _posts);
        _posted.TrySetResult();
    }

    public void Run() => throw new InvalidOperationException("No loop runs it.");

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
