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
    private readonly SegmentStock _segments;
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
    private SessionKeys? _session;
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
    private KtlsReason _reason;
    private Errno _refusal;
    private bool _owesRefusal;

    /// <param name="loop">The loop of the thread that uses the channel.</param>
    /// <param name="segments">Where send buffers are borrowed; it belongs to the loop's thread.</param>
    /// <param name="scratch">Shared by the channels of the loop.</param>
    public RecordChannel(EventLoop loop, ChannelOptions options, SegmentStock segments, KtlsCounters counters, ChannelScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(scratch);
        _loop = loop;
        _options = options;
        _segments = segments;
        _counters = counters;
        _send = new Operation(this);
        _receive = new Operation(this);
        _close = new Operation(this);
        _deadline = new Deadline(this);
        _socket = new SocketTransmitter(loop, _send, segments, options.ChunkBytes);
        _sealed = new SealedTransmitter(loop, _send, segments);
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

    /// <summary>What of the records the kernel has taken, and why no more.</summary>
    public KtlsVerdict Verdict =>
        new(!KernelTransmits ? KtlsMode.Off : _kernelReceives ? KtlsMode.Both : KtlsMode.Transmit, _reason, _refusal);

    /// <summary>Takes over a connected socket without TLS and begins to receive.</summary>
    public void StartPlaintext(int descriptor, IRecordChannelOwner owner)
    {
        Reset(descriptor, owner);
        _transmitter = _socket;
        _state = State.Open;
        _loop.ReceiveMultishot(_receive, descriptor);
    }

    /// <summary>Sends up to three ranges, on an unprotected or kernel TLS socket without copying them; they must stay until
    /// <see cref="IRecordChannelOwner.OnSent"/>.</summary>
    /// <param name="isLast">The owner closes the channel afterwards. Where records are made in user space, the end is told in the same segment.</param>
    public void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default, bool isLast = false)
    {
        if (!IsOpen || _sending || _sealed.HasNotified)
            throw new InvalidOperationException("A send must wait for the one before it, and for an open channel; nothing follows the last.");
        _sending = true;
        _sealed.IsLast = isLast;
        EventLoop.Disarm(_deadline);
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
        _send.ForgetSocket();
        _paused = false;
        _peerEnded = false;
        _kernelReceives = false;
        _receiveBroken = false;
        _sending = false;
        _sendsControl = false;
        _owesKeyUpdate = false;
        _owesRefusal = false;
        _reason = KtlsReason.Off;
        _refusal = Errno.None;
        _lingered = 0;
        _postHandshake.Reset();
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

        // Interrupted before the first byte, it is sent again.
        if (!result.Succeeded && result.Error is not (Errno.EINTR or Errno.EAGAIN))
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
            // What the peer has asked for meanwhile goes before data too.
            SendOwed();
            if (IsOpen && _sending && !_sendsControl && !_transmitter.TrySend(_descriptor, _waiting[0], _waiting[1], _waiting[2]))
                Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return;
        }

        _sending = false;
        SendOwed();
        if (IsOpen)
            _owner!.OnSent();
    }
}
