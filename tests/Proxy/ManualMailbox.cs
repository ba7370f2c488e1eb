using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests;

/// <summary>A loop's mailbox that a test empties.</summary>
internal sealed class ManualMailbox(int index = 0) : IMailbox
{
    private readonly Queue<IPosted> _posted = new();

    public int Index { get; } = index;

    /// <summary>Posts so far.</summary>
    public int Posts { get; private set; }

    public void Post(IPosted work)
    {
        Posts++;
        _posted.Enqueue(work);
    }

    /// <summary>Runs what was posted, and what that posts.</summary>
    public void Run()
    {
        while (_posted.TryDequeue(out var work))
            work.Run();
    }
}
