using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Loop;

/// <summary>What the event loop stands on: submit operations, reap completions. All members but <see cref="Wake"/> are called on the loop's
/// thread only.</summary>
public interface ILoopBackend : IDisposable
{
    /// <summary>Monotonic time in nanoseconds.</summary>
    long Now { get; }

    /// <summary>Calls on sockets that complete at once.</summary>
    ISocketCalls Sockets { get; }

    LoopStatistics Statistics { get; }

    /// <summary>Sends have no copy unless the socket refuses: their second completion comes when the peer has the bytes.</summary>
    bool SendsWithoutCopying => false;

    /// <summary>Queues the operation for the next <see cref="Wait"/>; earlier when the queue is full or the submit batch is
    /// reached.</summary>
    void Submit(Operation operation);

    /// <summary>Asks that a pending operation end early. It completes still: with ECANCELED, or with what it had done.</summary>
    void Cancel(Operation operation);

    /// <summary>Submits what is queued, waits for at least one completion, a wake or the timeout, and copies completions out.</summary>
    /// <param name="completions">Where they are copied to; what doesn't fit stays for the next call.</param>
    /// <param name="timeoutNanoseconds">0 doesn't wait, a negative value waits without limit.</param>
    /// <returns>The number of completions copied; 0 after a wake, a timeout or a signal.</returns>
    int Wait(Span<Completion> completions, long timeoutNanoseconds);

    /// <summary>The pool buffer that a completion names.</summary>
    NativeSlice Buffer(int bufferId);

    /// <summary>Gives a pool buffer back.</summary>
    void ReturnBuffer(int bufferId);

    /// <summary>Ends a <see cref="Wait"/> in progress, or the next one. May be called from any thread, also after disposal.</summary>
    void Wake();
}
