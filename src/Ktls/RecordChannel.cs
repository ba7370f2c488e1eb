using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>A connection after its handshake: application bytes in and out, whatever protects them. <see cref="Send"/> is the one place
/// where they leave. The object is reused for connection after connection and allocates nothing between.</summary>
public sealed partial class RecordChannel : ICompletionHandler, IDeadlineHandler, IRecordSink
{
    /// <summary>Bytes of sealed records that a connection holds whose peer takes nothing; <see cref="LargeBatchBytesMaximum"/> apart.
    /// </summary>
    public const int SealedBytesMaximum = 80 * 1024;

    /// <summary>Bytes that larger batches of all connections of a worker hold together.</summary>
    public const int LargeBatchBytesMaximum = SealedTransmitter.LentMaximum + (SealedTransmitter.BatchMaximum * 20 * 1024);

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

    // Memory for the keys of one connection after the other, zeroed at the end of each.
    private SessionKeys? _session;
    private ChannelLife _life = new();

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
        _receiver = new TlsReceiver(this, scratch.Record);
    }

    /// <summary>Whether a send hasn't ended.</summary>
    public bool IsSending => _life.IsSending;

    /// <summary>Whether something may be sent, after the send before.</summary>
    public bool IsOpen => _life.State is ChannelState.Open or ChannelState.Completing;

    /// <summary>Whether the response that begins next is to be the last: keys that can't be changed near their limit (RFC 9846, section
    /// 5.5), or the peer has asked for new ones. The owner tells its peer so, and closes behind it.</summary>
    public bool IsEnding => _life.IsEnding;

    /// <summary>Bytes the kernel has taken; what shows that a slow reader still reads.</summary>
    public long SentBytes => _life.Transmitter?.SentBytes ?? 0;

    /// <summary>Whether the kernel makes the records we send.</summary>
    public bool KernelTransmits => _life.Keys is not null && _life.Transmitter == _socket;

    /// <summary>Whether the kernel opens the records we receive.</summary>
    public bool KernelReceives => _life.KernelReceives;

    /// <summary>What of the records the kernel has taken, and why no more.</summary>
    public KtlsVerdict Verdict =>
        new(!KernelTransmits ? KtlsMode.Off : _life.KernelReceives ? KtlsMode.Both : KtlsMode.Transmit, _life.Reason, _life.Refusal);

    /// <summary>Takes over a connected socket without TLS and begins to receive.</summary>
    public void StartPlaintext(int descriptor, IRecordChannelOwner owner)
    {
        Begin(descriptor, owner);
        _life.Transmitter = _socket;
        _life.State = ChannelState.Open;
        _loop.ReceiveMultishot(_receive, descriptor);
    }

    /// <summary>Sends up to three ranges, on an unprotected or kernel TLS socket without copying them; they must stay until
    /// <see cref="IRecordChannelOwner.OnSent"/>.</summary>
    /// <param name="isLast">The owner closes the channel afterwards. Where records are made in user space, the end is told in the same
    /// segment.</param>
    public void Send(NativeSlice first, NativeSlice second = default, NativeSlice third = default, bool isLast = false)
    {
        if (!IsOpen || _life.IsSending || _sealed.HasNotified)
            throw new InvalidOperationException(
                "A send must wait for the one before it, and for an open channel; nothing follows the last.");
        _life.IsSending = true;
        _sealed.IsLast = isLast;
        EventLoop.Disarm(_deadline);
        var ranges = new SendRanges(first, second, third);
        if (_life.SendsControl)
            _life.Waiting = ranges;
        else
            GoOn(_life.Transmitter!.TrySend(_life.Descriptor, ranges));
    }

    /// <summary>Stops receiving, so that the peer is slowed down; bytes already on their way still come.</summary>
    public void PauseReceive()
    {
        if (!IsOpen || _life.IsPaused)
            return;
        _life.IsPaused = true;
        // A cut record is completed all the same: at most one more is given to the owner.
        if (_life.State == ChannelState.Open)
            _loop.Cancel(_receive);
    }

    public void ResumeReceive()
    {
        if (!IsOpen || !_life.IsPaused)
            return;
        _life.IsPaused = false;
        if (_life.State == ChannelState.Open && MayReceive)
            _loop.ReceiveMultishot(_receive, _life.Descriptor);
    }

    /// <summary>Whether a receive may be armed: none is, and there is something to receive.</summary>
    private bool MayReceive => !_life.IsPaused && !_life.PeerEnded && !_life.IsReceiveBroken && !_receive.IsPending;

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
            _life.Credit.OnData();
            if (IsOpen)
                Give(content);
            return IsOpen;
        }

        return OnControlRecord(type, content);
    }

    void IRecordSink.OnBadRecord(TlsAlert alert)
    {
        // The record may be right, but its key has opened as many as it may.
        if (alert == TlsAlert.InternalError)
            ExhaustKeys();
        else
            FailWithAlert(alert);
    }

    /// <summary>Whether a receive says that the connection is broken. The channel cancels its own receives, which then end with
    /// ECANCELED.</summary>
    private static bool IsBroken(in OperationResult received) =>
        !received.Succeeded && !received.IsTransient && received.Error != Errno.ECANCELED;

    private void Begin(int descriptor, IRecordChannelOwner owner)
    {
        if (_life.State != ChannelState.Closed)
            throw new InvalidOperationException("The channel is in use.");
        _life.Descriptor = descriptor;
        _life.Owner = owner;
    }

    private void OnSendCompleted(in OperationResult result)
    {
        if (_life.State == ChannelState.Flushing)
        {
            Stop();
            return;
        }

        if (_life.State is not (ChannelState.Open or ChannelState.Completing or ChannelState.Notifying))
        {
            Continue();
            return;
        }

        // Interrupted before the first byte, it is sent again. ENOBUFS, which is transient for a receive, would go on for ever here.
        if (!result.Succeeded && result.Error is not (Errno.EINTR or Errno.EAGAIN))
        {
            Fail(ChannelFailure.SendFailed, result.Error);
            return;
        }

        GoOn(_life.Transmitter!.Advance(_life.Descriptor, result.Count));
    }

    private void GoOn(TransmitStep step)
    {
        switch (step)
        {
            case TransmitStep.Done:
                OnTransmitted();
                break;
            case TransmitStep.NoMemory:
                Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
                break;
            case TransmitStep.KeysExhausted:
                ExhaustKeys();
                break;
        }
    }

    private void OnTransmitted()
    {
        _life.IsEnding |= _life.Transmitter!.IsNearKeyLimit;
        if (_life.State == ChannelState.Notifying)
        {
            OnNotifyProgress();
            return;
        }

        if (_life.SendsControl)
        {
            _life.SendsControl = false;
            // What the peer has asked for meanwhile goes before data too.
            SendOwed();
            if (IsOpen && _life.IsSending && !_life.SendsControl)
                SendWaiting();
            return;
        }

        _life.IsSending = false;
        SendOwed();
        if (IsOpen)
            _life.Owner!.OnSent();
    }

    private void SendWaiting()
    {
        var waiting = _life.Waiting;
        _life.Waiting = default;
        GoOn(_life.Transmitter!.TrySend(_life.Descriptor, waiting));
    }
}
