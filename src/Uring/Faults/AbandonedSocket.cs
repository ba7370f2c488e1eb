using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Faults;

/// <summary>Ends a socket whose owner has thrown, without the owner: takes its pending operations over, and resets the connection when the
/// last of them has ended. Until then the kernel may use the memory they name.</summary>
/// <param name="onEnded">Called once, when nothing is pending and the descriptor is closed.</param>
public sealed class AbandonedSocket(EventLoop loop, Action onEnded) : ICompletionHandler
{
    private int _pending;
    private int _descriptor = -1;
    private bool _begun;
    private bool _ended;

    /// <summary>Takes an operation over, which may be pending or not.</summary>
    public void TakeOver(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (!operation.IsPending)
            return;
        operation.Owner = this;
        _pending++;
        // A close that was cancelled might leave the descriptor open.
        if (operation.Kind != OperationKind.Close)
            loop.Cancel(operation);
    }

    /// <summary>Closes the descriptor as soon as nothing is pending.</summary>
    /// <param name="descriptor">Negative where it is closed, or a close that was taken over does it.</param>
    public void Close(int descriptor)
    {
        _descriptor = descriptor;
        _begun = true;
        // A send without a copy ends when the peer has taken its bytes, and no cancel finds it: the reset drops them.
        if (_pending > 0 && descriptor >= 0)
            _ = loop.Sockets.Reset(descriptor);
        EndIfIdle();
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        ArgumentNullException.ThrowIfNull(operation);
        if (result.More)
            return;
        _pending--;
        EndIfIdle();
    }

    public void OnFault() => EndIfIdle();

    private void EndIfIdle()
    {
        if (!_begun || _pending > 0 || _ended)
            return;
        _ended = true;
        if (_descriptor >= 0)
        {
            ResetOnClose.Set(loop.Sockets, _descriptor);
            _ = loop.Sockets.Close(_descriptor);
        }

        onEnded();
    }
}
