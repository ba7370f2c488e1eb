using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>A connection after its handshake: application bytes in and out, whatever protects them. <see cref="Send"/> is the one place where they
/// leave. The object is reused for connection after connection and allocates nothing between.</summary>
public sealed class RecordChannel : ICompletionHandler, IDeadlineHandler
{
    private const int SOL_SOCKET = 1;
    private const int SO_LINGER = 13;

    // struct linger (socket(7)): on, with no time: close sends a reset.
    private static readonly byte[] ResetOnClose = [1, 0, 0, 0, 0, 0, 0, 0];

    private readonly EventLoop _loop;
    private readonly ChannelOptions _options;
    private readonly ChannelSender _sender;
    private readonly Operation _send;
    private readonly Operation _receive;
    private readonly Operation _close;
    private readonly Deadline _linger;
    private IRecordChannelOwner? _owner;
    private State _state;
    private int _descriptor;
    private int _lingered;
    private bool _paused;
    private bool _peerEnded;

    /// <param name="loop">The loop of the thread that uses the channel.</param>
    public RecordChannel(EventLoop loop, ChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _loop = loop;
        _options = options;
        _send = new Operation(this);
        _receive = new Operation(this);
        _close = new Operation(this);
        _linger = new Deadline(this);
        _sender = new ChannelSender(loop, _send, options.ChunkBytes);
    }

    private enum State : byte
    {
        Closed,
        Open,

        /// <summary>The armed receive is being cancelled: it holds the file, and no FIN would leave.</summary>
        Stopping,

        /// <summary>Nothing more is sent; what the peer still sends is discarded.</summary>
        Lingering,

        /// <summary>All operations are ending; a reset follows.</summary>
        Aborting,

        /// <summary>The descriptor is being closed.</summary>
        Closing,
    }

    /// <summary>Whether a send is in flight.</summary>
    public bool IsSending => _send.IsPending;

    public bool IsOpen => _state == State.Open;

    /// <summary>Bytes the kernel has taken; what shows that a slow reader still reads.</summary>
    public long SentBytes => _sender.SentBytes;

    /// <summary>Takes over a connected socket without TLS and begins to receive.</summary>
    public void StartPlaintext(int descriptor, IRecordChannelOwner owner)
    {
        if (_state != State.Closed)
            throw new InvalidOperationException("The channel is in use.");
        _owner = owner;
        _descriptor = descriptor;
        _state = State.Open;
        _paused = false;
        _peerEnded = false;
        _lingered = 0;
        _sender.Reset();
        _loop.ReceiveMultishot(_receive, descriptor);
    }

    /// <summary>Sends up to three ranges as one message, without copying them; they must stay until <see cref="IRecordChannelOwner.OnSent"/>.</summary>
    public void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default)
    {
        if (_state != State.Open || IsSending)
            throw new InvalidOperationException("A send must wait for the one before it, and for an open channel.");
        _sender.Start(_descriptor, first, second, third);
    }

    /// <summary>Stops receiving, so that the peer is slowed down; bytes already on their way still come.</summary>
    public void PauseReceive()
    {
        if (_state != State.Open || _paused)
            return;
        _paused = true;
        _loop.Cancel(_receive);
    }

    public void ResumeReceive()
    {
        if (_state != State.Open || !_paused)
            return;
        _paused = false;
        if (!_receive.IsPending && !_peerEnded)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    /// <summary>Ends the connection so that every byte sent reaches the peer. Nothing may be in flight.</summary>
    public void Close()
    {
        if (_state != State.Open)
            return;
        if (IsSending)
            throw new InvalidOperationException("The channel is sending; wait for the end or abort.");
        _state = State.Stopping;
        _loop.Cancel(_receive);
        Continue();
    }

    /// <summary>Ends the connection with a reset, so that the peer can't take what it has for the whole.</summary>
    public void Abort()
    {
        if (_state is State.Closed or State.Closing or State.Aborting)
            return;
        _state = State.Aborting;
        EventLoop.Disarm(_linger);
        _loop.Cancel(_receive);
        _loop.Cancel(_send);
        Continue();
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (operation == _close)
            Finish();
        else if (operation == _send)
            OnSendCompleted(result);
        else
            OnReceiveCompleted(result);
    }

    public void OnDeadline(Deadline deadline)
    {
        if (_state != State.Lingering)
            return;
        _peerEnded = true;
        _loop.Cancel(_receive);
        Continue();
    }

    private void OnSendCompleted(in OperationResult result)
    {
        if (_state != State.Open)
        {
            Continue();
            return;
        }

        if (!result.Succeeded)
            Fail(ChannelFailure.SendFailed, result.Error);
        else if (_sender.Advance(_descriptor, result.Count))
            _owner!.OnSent();
    }

    private void OnReceiveCompleted(in OperationResult result)
    {
        if (_state != State.Open)
        {
            _lingered += result.Count;
            _peerEnded |= !IsTransient(result.Error) || (result.Succeeded && result.Count == 0) || _lingered > _options.LingerBytes;
            if (!result.More)
                Continue();
            return;
        }

        if (result.Succeeded && result.Count > 0)
            _owner!.OnReceived(result.Received.Span);
        else if (result.Succeeded)
            EndReceive();
        else if (!IsTransient(result.Error))
            Fail(ChannelFailure.ReceiveFailed, result.Error);

        // The owner may have closed, paused or resumed within the call.
        if (!result.More && _state != State.Open)
            Continue();
        else if (!result.More && !_paused && !_peerEnded && !_receive.IsPending)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    private static bool IsTransient(Errno error) => error is Errno.None or Errno.ENOBUFS or Errno.ECANCELED or Errno.EINTR or Errno.EAGAIN;

    private void EndReceive()
    {
        _peerEnded = true;
        _owner!.OnReceiveEnded();
    }

    private void Fail(ChannelFailure failure, Errno error)
    {
        _peerEnded = true;
        Abort();
        _owner!.OnFailed(failure, error);
    }

    /// <summary>Goes on with the close as far as the pending operations let it.</summary>
    private void Continue()
    {
        if (_receive.IsPending && (_state != State.Lingering || _peerEnded))
            return;
        switch (_state)
        {
            case State.Stopping:
                _state = State.Lingering;
                // ENOTCONN says that the peer has reset meanwhile: there is nobody to linger for.
                if (_loop.Sockets.ShutdownSend(_descriptor) != Errno.None)
                    _peerEnded = true;
                if (!_peerEnded)
                    _loop.Arm(_linger, _options.LingerTimeout);
                Continue();
                break;
            case State.Lingering when !_peerEnded:
                if (!_receive.IsPending)
                    _loop.Receive(_receive, _descriptor);
                break;
            case State.Lingering:
                CloseDescriptor();
                break;
            case State.Aborting when !_send.IsPending:
                // Where the option fails the socket is gone already, which is what was wanted.
                _ = _loop.Sockets.SetOption(_descriptor, SOL_SOCKET, SO_LINGER, ResetOnClose);
                CloseDescriptor();
                break;
        }
    }

    private void CloseDescriptor()
    {
        EventLoop.Disarm(_linger);
        _state = State.Closing;
        _loop.Close(_close, _descriptor);
    }

    private void Finish()
    {
        _state = State.Closed;
        _descriptor = -1;
        var owner = _owner!;
        _owner = null;
        owner.OnClosed();
    }
}
