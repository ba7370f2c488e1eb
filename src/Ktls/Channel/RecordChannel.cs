using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>A connection after its handshake: application bytes in and out, whatever protects them. <see cref="Send"/> is the one place
/// where they leave. The object is reused for connection after connection and allocates nothing between.</summary>
/// <remarks>It owns the operations, and passes what completes to the part whose step it is: <see cref="ChannelSender"/>,
/// <see cref="ChannelReceiver"/>, <see cref="ControlRecords"/>, <see cref="ChannelClose"/>.</remarks>
public sealed class RecordChannel : ICompletionHandler, IDeadlineHandler
{
    /// <summary>Sealed bytes that a connection holds whose peer takes nothing, beside <see cref="LargeBatchBytesMaximum"/>.</summary>
    public const int SealedBytesMaximum = 80 * 1024;

    /// <summary>Ranges of one <see cref="Send"/> at most.</summary>
    public const int RangesMaximum = 3;

    /// <summary>Bytes that larger batches of all connections of a worker hold together.</summary>
    public const int LargeBatchBytesMaximum = SealedTransmitter.LentToLarge + (SealedTransmitter.BatchMaximum * 20 * 1024);

    internal const string Ending = "the end of a channel";

    // A client that says nothing has its ticket soon nevertheless; who asks has it with the answer.
    private static readonly TimeSpan HeldTime = TimeSpan.FromMilliseconds(10);

    private readonly ChannelContext _context;
    private readonly ChannelSender _sender;
    private readonly ChannelClose _close;
    private readonly HandOver _handOver;
    private readonly ChannelReceiver _receiver;

    /// <param name="loop">The loop of the thread that uses the channel.</param>
    /// <param name="segments">Where send buffers are borrowed; it belongs to the loop's thread.</param>
    /// <param name="scratch">Shared by the channels of the loop.</param>
    public RecordChannel(EventLoop loop, ChannelOptions options, SegmentStock segments, KtlsCounters counters, ChannelScratch scratch)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(scratch);
        _context = new ChannelContext(this, loop, options, counters);
        var exact = new ExactReceive(_context, segments);
        _sender = new ChannelSender(_context, segments, scratch.SealQueue);
        _close = new ChannelClose(_context, _sender, exact);
        _handOver = new HandOver(_context, _sender);
        _receiver = new ChannelReceiver(_context, _sender, _close, _handOver, exact, scratch);
    }

    /// <summary>What ends when one of the channel's callbacks throws.</summary>
    public IFaultDomain? Domain { get; init; }

    /// <summary>Whether a send hasn't ended.</summary>
    public bool IsSending => _sender.IsSending;

    /// <summary>Whether something may be sent, after the send before.</summary>
    public bool IsOpen => _context.IsOpen;

    /// <summary>Whether the response that begins next is to be the last: keys that can't be changed near their limit (RFC 9846, section
    /// 5.5), or the peer has asked for new ones. The owner tells its peer so, and closes behind it.</summary>
    public bool IsEnding => _context.Life.IsEnding;

    /// <summary>Whether what came last may not be the last that the peer sent: it has ended without close_notify (RFC 9846, section 6.1),
    /// or has changed keys that the kernel holds.</summary>
    public bool IsTruncated => _context.Life.IsTruncated;

    /// <summary>Whether the beginning of a record has come, and not its end.</summary>
    public bool HasCutRecord => _receiver.HasCutRecord;

    /// <summary>Bytes the kernel has taken; what shows that a slow reader still reads.</summary>
    public long SentBytes => _sender.SentBytes;

    /// <summary>Whether the kernel makes the records we send.</summary>
    public bool KernelTransmits => _sender.KernelTransmits;

    /// <summary>Whether the kernel opens the records we receive.</summary>
    public bool KernelReceives => _context.Life.KernelReceives;

    /// <summary>What of the records the kernel has taken, and why no more.</summary>
    public KtlsVerdict Verdict => _handOver.Verdict;

    /// <summary>Takes over a connected socket without TLS and begins to receive.</summary>
    public void StartPlaintext(int descriptor, IRecordChannelOwner owner)
    {
        _context.BeginLife(descriptor, owner);
        _sender.StartPlaintext();
        _receiver.Begin();
    }

    /// <summary>Takes over a connected socket after its handshake. The owner may be called within.</summary>
    /// <param name="keys">Are taken by the channel.</param>
    /// <param name="leftover">Ciphertext that was received beyond the handshake.</param>
    /// <param name="unsent">Records that the keys' sequence number counts already and that haven't left: they do in the segment of the
    /// first record of the channel, or soon by themselves. Only where <see cref="OffloadPolicy.TakesAtHandshakeEnd"/> tells that the
    /// kernel isn't asked.</param>
    public void StartTls(
        int descriptor, IRecordChannelOwner owner, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> unsent = default)
    {
        // First: from here on the descriptor is closed, whatever is wrong.
        _context.BeginLife(descriptor, owner);
        ArgumentNullException.ThrowIfNull(keys);
        if (!unsent.IsEmpty && _context.Options.Offload.TakesAtHandshakeEnd(keys))
            throw new ArgumentException("The kernel may take the keys: every record before must have left.", nameof(unsent));
        keys = _context.TakeKeys(keys);
        _receiver.StartRecords(new RecordOpener(keys.Version, keys.Suite, keys.Receive, keys.Requirements, _context.Life.KeyLimit));
        if (!_handOver.TryBegin())
        {
            if (_handOver.IsFailure)
            {
                _close.Fail(ChannelFailure.HandOverRefused, _handOver.Refusal);
                return;
            }

            _sender.StartSealed(new RecordSealer(keys.Version, keys.Suite, keys.Transmit, keys.Requirements));
            if (!unsent.IsEmpty && !TryHold(unsent))
                return;
        }

        if (!leftover.IsEmpty)
            _receiver.Feed(leftover);
        if (_context.Life.State == ChannelState.Open)
            _receiver.Begin();
    }

    /// <summary>The next <see cref="Send"/> begins a response. Where the policy has put the decision off, the kernel may take over in
    /// front of it.</summary>
    /// <param name="bytes">Of its content; null where they aren't known.</param>
    public void BeginResponse(long? bytes)
    {
        _handOver.OnResponse(bytes);
        // Records of the handshake that still wait have the numbers before the kernel's.
        if (_handOver.IsDue && IsOpen)
            _sender.SendHeld();
    }

    /// <summary>Sends ranges one behind the other, on an unprotected or kernel TLS socket without copying them.</summary>
    /// <param name="ranges">At most <see cref="RangesMaximum"/>; their bytes stay until <see cref="IRecordChannelOwner.OnSent"/>.</param>
    /// <param name="isLast">The owner closes the channel afterwards. Where records are made in user space, the end is told in the same
    /// segment.</param>
    public void Send(ReadOnlySpan<NativeSlice> ranges, bool isLast = false)
    {
        if (!IsOpen || _sender.IsSending || _sender.HasNotified)
            throw new InvalidOperationException(
                "A send must wait for the one before it, and for an open channel; nothing follows the last.");
        EventLoop.Disarm(_context.Deadline);
        if (!_handOver.IsDue || !_sender.IsIdle || TryHandOver())
            GoOn(_sender.Send(ranges, isLast));
    }

    /// <summary>Stops receiving, so that the peer is slowed down; bytes already on their way still come.</summary>
    public void PauseReceive() => _receiver.Pause();

    public void ResumeReceive() => _receiver.Resume();

    /// <summary>Looks for bytes that the owner hasn't been given yet, before it closes: ends the armed receive, gives it what that
    /// receives, and then looks at the socket. Where that is silent <see cref="IRecordChannelOwner.OnSilent"/> follows. Where it isn't, or
    /// a record is cut, the channel goes on.</summary>
    public void ReadOnceMore() => _receiver.ReadOnceMore();

    /// <summary>Whether a peer that sends no more has gone altogether, of which nothing tells while nothing is sent to it. From the first
    /// question on the kernel probes it.</summary>
    public bool HasPeerGone() => PeerProbe.HasGone(_context.Loop.Sockets, _context.Life.Descriptor);

    /// <summary>Tells the peer the end of what is sent, and receives on. Nothing may be in flight, and nothing follows.</summary>
    public void EndSend() => _close.EndSend();

    /// <summary>Ends the connection so that every byte sent reaches the peer. Nothing may be in flight.</summary>
    public void Close() => _close.Close();

    /// <summary>Ends the connection with a reset, so that the peer can't take what it has for the whole.</summary>
    public void Abort() => _close.Abort();

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (operation == _context.Close)
            EndLife();
        else if (operation == _context.Send)
            OnSendCompleted(result);
        else if (operation.Kind is OperationKind.ReceiveMessage or OperationKind.ReceiveInto)
            _receiver.OnExactReceived(result);
        else if (operation.Kind == OperationKind.Poll)
            _close.OnPeerGone();
        else
            _receiver.OnReceived(result);
    }

    public void OnDeadline(Deadline deadline)
    {
        if (IsOpen)
            _sender.SendHeld();
        else
            _close.OnDeadline();
    }

    public void OnFault() => Domain?.OnFault();

    /// <summary>Gives what is pending away. The channel does nothing more.</summary>
    /// <returns>The descriptor; -1 where it is closed or being closed.</returns>
    public int Surrender(AbandonedSocket heir)
    {
        ArgumentNullException.ThrowIfNull(heir);
        EventLoop.Disarm(_context.Deadline);
        var descriptor = _context.Life.State is ChannelState.Closed or ChannelState.Closing ? -1 : _context.Life.Descriptor;
        _context.Life.State = ChannelState.Closed;
        _sender.DropRest();
        heir.TakeOver(_context.Send);
        heir.TakeOver(_context.Receive);
        heir.TakeOver(_context.Close);
        return descriptor;
    }

    /// <summary>Gives memory back and forgets the keys, once nothing is pending that was surrendered.</summary>
    public void Discard()
    {
        _sender.Discard();
        _receiver.Discard();
        _context.Loop.Faults.Attempt(Ending, _context, static context => context.DisposeKeys());
    }

    /// <summary>Hands a connection over that has sent and received in user space. Nothing is in flight but the receive.</summary>
    /// <returns>False where the connection ends instead.</returns>
    private bool TryHandOver()
    {
        if (_handOver.TryTransmit())
            _receiver.HandOver();
        else if (_handOver.IsFailure)
            _close.Fail(ChannelFailure.HandOverRefused, _handOver.Refusal);
        return IsOpen;
    }

    private bool TryHold(ReadOnlySpan<byte> unsent)
    {
        if (!_sender.TryHold(unsent))
        {
            _close.Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return false;
        }

        _context.Loop.Arm(_context.Deadline, HeldTime);
        return true;
    }

    private void OnSendCompleted(in OperationResult result)
    {
        if (_context.Life.State == ChannelState.Flushing)
            _close.Stop();
        else if (!IsOpen && _context.Life.State != ChannelState.Notifying)
            _close.Continue();
        // Interrupted before the first byte, it is sent again. ENOBUFS, which is transient for a receive, would go on for ever here.
        else if (!result.Succeeded && result.Error is not (Errno.EINTR or Errno.EAGAIN))
            _close.OnSendFailed(result.Error);
        else
            GoOn(_sender.Advance(result.Count));
    }

    private void GoOn(TransmitStep step)
    {
        if (step == TransmitStep.Done)
            OnTransmitted();
        else if (step == TransmitStep.NoMemory)
            _close.Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
        else if (step == TransmitStep.KeysExhausted)
            _close.ExhaustKeys();
    }

    private void OnTransmitted()
    {
        _context.Life.IsEnding |= _sender.IsNearKeyLimit;
        if (_context.Life.State == ChannelState.Notifying)
        {
            _close.OnNotifyProgress();
            return;
        }

        // What the peer has asked for meanwhile goes before data.
        var wasControl = _sender.EndControlOrSend();
        if (_sender.OwesEnd)
            _close.EndSend();
        _receiver.Control.SendOwed();
        if (!IsOpen)
            return;
        if (!wasControl)
            _context.Life.Owner!.OnSent();
        else if (_sender.HasWaiting && (!_handOver.IsDue || TryHandOver()))
            GoOn(_sender.SendWaiting());
    }

    /// <summary>The one place where a life ends; nothing is pending, and the descriptor is gone.</summary>
    private void EndLife()
    {
        var owner = _context.Life.Owner!;
        _sender.EndLife();
        _receiver.EndLife();
        _handOver.EndLife();
        _close.EndLife();
        _context.EndLife();
        owner.OnClosed();
    }
}
