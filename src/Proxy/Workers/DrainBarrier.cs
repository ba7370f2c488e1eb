using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Workers;

/// <summary>Where drained workers wait for each other: an answer that the clients of one wait for may be arriving on the loop of another.
/// So none ends before all have ended their connections.</summary>
/// <param name="workers">How many arrive.</param>
internal sealed class DrainBarrier(int workers)
{
    // Guards the list.
    private readonly Lock _gate = new();
    private readonly List<(IMailbox Loop, IPosted End)> _arrived = [];

    /// <summary>A worker has no connection any more, and gets none.</summary>
    /// <param name="loop">That of the worker.</param>
    /// <param name="end">Runs there once all workers have arrived.</param>
    public void Arrive(IMailbox loop, IPosted end)
    {
        lock (_gate)
        {
            _arrived.Add((loop, end));
            if (_arrived.Count < workers)
                return;
        }

        // Nobody arrives after the last.
        foreach (var (mailbox, posted) in _arrived)
            mailbox.Post(posted);
    }
}
