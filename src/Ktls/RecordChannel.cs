using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>A connection after its handshake: application bytes in and out, whatever protects them. <see cref="Send"/> is the one place
/// where they leave. The object is reused for connection after connection and allocates nothing between.</summary>
public sealed partial class RecordChannel : ICompletionHandler, IDeadlineHandler, IRecordSink
{
    private readonly EventLoop _loop;
    private readonly ChannelOptions _options;
    private readonly SegmentPool _pool;
    private readonly KtlsCounters _counters;
    private readonly SocketTransmitter _socket;
    private readonly SealedTransmitter _sealed;
    private readonly TlsReceiver _receiver;
    private readonly PostHandshake _postHandshake = new();
    private readonly Operation _send;
    private readonly Operation _receive;
    private readonly Operation _close;
    private readonly Deadline _deadline;
    private readonly NativeSlice[] _waiting = new NativeSlice[3];
    private ITransmitter _transmitter;
    private IRecordChannelOwner? _owner;
    private SessionKeys? _keys;
    private Segment? _exact;
    private State _state;
    private int _descriptor;
    private int _lingered;
    private bool _paused;
    private bool _peerEnded;
    private bool _kernelReceives;
    private bool _receiveBroken;
    private bool _sending;
    private bool _sendsControl;
    private bool _owesKeyUpdate;

    /// <param name="loop">The loop of the thread that uses the channel.</param>
    /// <param name="pool">Where send buffers are borrowed.</param>
    /// <param name="scratch">Shared by the channels of the loop.</param>
    public RecordChannel(EventLoop loop, ChannelOptions options, SegmentPool pool, KtlsCounters counters, ChannelScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(scratch);
        _loop = loop;
        _options = options;
        _pool = pool;
        _counters = counters;
        _send = new Operation(this);
        _receive = new Operation(this);
        _close = new Operation(this);
        _deadline = new Deadline(this);
        _socket = new SocketTransmitter(loop, _send, pool, options.ChunkBytes);
        _sealed = new SealedTransmitter(loop, _send, pool);
        _transmitter = _socket;
        _receiver = new TlsReceiver(this, scratch.Record);
    }

    private enum State : byte
    {
        Closed,

        /// <summary>A cut record is completed, so that the kernel begins at a record.</summary>
        Completing,

        Open,

        /// <summary>The last record, close_notify or an alert, is on its way.</summary>
        Notifying,

        /// <summary>The kernel's last records are leaving.</summary>
        Flushing,

        /// <summary>The armed receive is being cancelled: it holds the file, and no FIN would leave.</summary>
        Stopping,

        /// <summary>Nothing more is sent; what the peer still sends is discarded.</summary>
        Lingering,

        /// <summary>All operations are ending; a reset follows.</summary>
        Aborting,

        /// <summary>The descriptor is being closed.</summary>
        Closing,
    }

    /// <summary>Whether a send hasn't ended.</summary>
    public bool IsSending => _sending;

    /// <summary>Whether something may be sent, after the send before.</summary>
    public bool IsOpen => _state is State.Open or State.Completing;

    /// <summary>Bytes the kernel has taken; what shows that a slow reader still reads.</summary>
    public long SentBytes => _transmitter.SentBytes;

    /// <summary>Whether the kernel makes the records we send.</summary>
    public bool KernelTransmits => _keys is not null && _transmitter == _socket;

    /// <summary>Whether the kernel opens the records we receive.</summary>
    public bool KernelReceives => _kernelReceives;

    /// <summary>Takes over a connected socket without TLS and begins to receive.</summary>
    public void StartPlaintext(int descriptor, IRecordChannelOwner owner)
    {
        Reset(descriptor, owner);
        _transmitter = _socket;
        _state = State.Open;
        _loop.ReceiveMultishot(_receive, descriptor);
    }

    /// <summary>Takes over a connected socket after its handshake, every byte of which has left. The owner may be called within.</summary>
    /// <param name="keys">Pass to the channel.</param>
    /// <param name="leftover">Ciphertext that was received beyond the handshake.</param>
    public void StartTls(int descriptor, IRecordChannelOwner owner, SessionKeys keys, ReadOnlySpan<byte> leftover)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Reset(descriptor, owner);
        _keys = keys;
        _state = State.Open;
        _receiver.Start(new RecordOpener(keys.Version, keys.Suite, keys.Receive));
        if (!TryHandOverTransmit(out var error))
        {
            if (_options.RequireKtls)
            {
                Fail(ChannelFailure.HandOverRefused, error);
                return;
            }

            _sealed.Start(new RecordSealer(keys.Version, keys.Suite, keys.Transmit));
            _transmitter = _sealed;
        }

        if (!leftover.IsEmpty)
            _receiver.Feed(leftover);
        if (_state == State.Open)
            BeginReceive();
    }

    /// <summary>Sends up to three ranges, on an unprotected or kernel TLS socket without copying them; they must stay until
    /// <see cref="IRecordChannelOwner.OnSent"/>.</summary>
    public void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default)
    {
        if (!IsOpen || _sending)
            throw new InvalidOperationException("A send must wait for the one before it, and for an open channel.");
        _sending = true;
        if (_sendsControl)
        {
            _waiting[0] = first;
            _waiting[1] = second;
            _waiting[2] = third;
        }
        else if (!_transmitter.TrySend(_descriptor, first, second, third))
        {
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
        }
    }

    /// <summary>Stops receiving, so that the peer is slowed down; bytes already on their way still come.</summary>
    public void PauseReceive()
    {
        if (!IsOpen || _paused)
            return;
        _paused = true;
        // A cut record is completed all the same: at most one more is given to the owner.
        if (_state == State.Open)
            _loop.Cancel(_receive);
    }

    public void ResumeReceive()
    {
        if (!IsOpen || !_paused)
            return;
        _paused = false;
        if (_state == State.Open && !_receive.IsPending && !_peerEnded)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (operation == _close)
            Finish();
        else if (operation == _send)
            OnSendCompleted(result);
        else if (operation.Kind is OperationKind.ReceiveMessage or OperationKind.ReceiveInto)
            OnExactReceived(result);
        else if (operation.Kind == OperationKind.Poll)
            OnPeerGone();
        else
            OnReceiveCompleted(result);
    }

    bool IRecordSink.OnRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        if (type == ContentType.ApplicationData && !content.IsEmpty && !_postHandshake.IsCut)
        {
            _postHandshake.OnData();
            if (IsOpen)
                _owner!.OnReceived(content);
            return IsOpen;
        }

        return OnPostHandshake(_postHandshake.Read(type, content, _keys!.Version == TlsVersion.Tls13));
    }

    void IRecordSink.OnBadRecord(TlsAlert alert) => FailWithAlert(alert);

    private static bool IsTransient(Errno error) => error is Errno.None or Errno.ENOBUFS or Errno.ECANCELED or Errno.EINTR or Errno.EAGAIN;

    private void Reset(int descriptor, IRecordChannelOwner owner)
    {
        if (_state != State.Closed)
            throw new InvalidOperationException("The channel is in use.");
        _owner = owner;
        _descriptor = descriptor;
        _paused = false;
        _peerEnded = false;
        _kernelReceives = false;
        _receiveBroken = false;
        _sending = false;
        _sendsControl = false;
        _owesKeyUpdate = false;
        _lingered = 0;
        _postHandshake.Reset();
    }

    private bool TryHandOverTransmit(out Errno error)
    {
        error = Errno.None;
        if (_options.Mode == KtlsMode.Off)
        {
            _counters.CountUserSpace();
            return false;
        }

        error = KtlsSocket.Attach(_loop.Sockets, _descriptor);
        if (error == Errno.None)
            error = KtlsSocket.SetTransmit(_loop.Sockets, _descriptor, _keys!);
        if (error == Errno.None)
        {
            _counters.CountTransmit();
            _transmitter = _socket;
            // The kernel has its own copy; those of the other direction may have to be updated.
            _keys!.Transmit.Dispose();
            return true;
        }

        _counters.CountUserSpace();
        if (_counters.CountRefusal(error))
            _options.OnFirstRefusal?.Invoke(error);
        return false;
    }

    /// <summary>Arms the receive; before that the kernel takes over, once no record is cut.</summary>
    private void BeginReceive()
    {
        if (_options.Mode == KtlsMode.Both && KernelTransmits && !_peerEnded)
        {
            if (_receiver.MissingBytes is var missing and > 0)
            {
                ReceiveExact(missing);
                return;
            }

            var error = KtlsSocket.SetReceive(_loop.Sockets, _descriptor, _keys!);
            _kernelReceives = error == Errno.None;
            if (_kernelReceives)
            {
                _counters.CountReceive();
                _receiver.Release();
            }
            else if (_counters.CountRefusal(error))
                _options.OnFirstRefusal?.Invoke(error);
        }

        _state = State.Open;
        if (!_paused && !_peerEnded)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    private void ReceiveExact(int length)
    {
        _exact ??= _pool.TryRent(RecordFormat.RecordMaximum);
        if (_exact is null)
        {
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return;
        }

        _state = State.Completing;
        _loop.ReceiveInto(_receive, _descriptor, _exact.Memory.Slice(0, length));
    }

    private void OnSendCompleted(in OperationResult result)
    {
        if (_state == State.Flushing)
        {
            Stop();
            return;
        }

        if (_state is not (State.Open or State.Completing or State.Notifying))
        {
            Continue();
            return;
        }

        if (!result.Succeeded)
        {
            Fail(ChannelFailure.SendFailed, result.Error);
            return;
        }

        switch (_transmitter.Advance(_descriptor, result.Count))
        {
            case TransmitStep.Done:
                OnTransmitted();
                break;
            case TransmitStep.NoMemory:
                Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
                break;
        }
    }

    private void OnTransmitted()
    {
        if (_state == State.Notifying)
        {
            OnNotifyProgress();
            return;
        }

        if (_sendsControl)
        {
            _sendsControl = false;
            if (_sending && !_transmitter.TrySend(_descriptor, _waiting[0], _waiting[1], _waiting[2]))
                Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return;
        }

        _sending = false;
        if (_owesKeyUpdate || _sealed.NeedsKeyUpdate)
            SendKeyUpdate();
        _owner!.OnSent();
    }
}
