using System.Collections.Concurrent;

namespace TlsProxy.Uring.Loop;

/// <summary>Work for a loop's thread that no completion brings: posted by any thread, or deferred by its own.</summary>
internal sealed class LoopWork
{
    private readonly ConcurrentQueue<IPosted> _posted = new();
    private readonly Queue<IPosted> _deferred = new();

    // Whether the back end was woken for what is posted; 0 or 1. Posters raise it and the loop's thread lowers it, by interlocked
    // operations.
    private int _wakePending;

    /// <summary>Work to be run in the coming turn. On the loop's thread only.</summary>
    public bool IsEmpty => _posted.IsEmpty && _deferred.Count == 0;

    /// <summary>Those deferred by now; what a turn defers is for the next. On the loop's thread only.</summary>
    public int DeferredCount => _deferred.Count;

    /// <summary>Queues work for the loop's thread, from any thread.</summary>
    /// <returns>Whether the poster has to wake the loop; another poster's wake stands for all until the loop has heard it.</returns>
    public bool Post(IPosted work, bool isOwnTurn)
    {
        _posted.Enqueue(work);
        // A post of the loop's own thread amid a turn needs no wake. The thread either has this turn's RunPosted ahead of it, or asks
        // IsEmpty before the next wait and then doesn't wait. No callback runs between that question and the wait, so no post of this
        // thread can fall in between. The flag stays as it is: if another thread has raised it, its wake is on the way.
        return !isOwnTurn && Interlocked.Exchange(ref _wakePending, 1) == 0;
    }

    public void Defer(IPosted work) => _deferred.Enqueue(work);

    public void RunPosted(Callbacks callbacks)
    {
        // The flag falls before the queue is emptied: work posted meanwhile is either run now or wakes the next turn. It falls even when
        // the queue is empty, since a turn may run the work between its posting and its wake.
        if (Volatile.Read(ref _wakePending) != 0)
            Interlocked.Exchange(ref _wakePending, 0);
        while (_posted.TryDequeue(out var work))
            callbacks.Run(work);
    }

    public void RunDeferred(int count, Callbacks callbacks)
    {
        for (; count > 0; count--)
            callbacks.Run(_deferred.Dequeue());
    }
}
