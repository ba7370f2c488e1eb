using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>The receiving side of a channel: arms the receives, has records opened by whoever holds the keys, and gives their data to the
/// owner and all others to <see cref="ControlRecords"/>.</summary>
internal sealed class ChannelReceiver : IRecordSink
{
    private readonly ChannelContext _context;
    private readonly ChannelClose _close;
    private readonly HandOver _handOver;
    private readonly ExactReceive _exact;
    private readonly TlsReceiver _records;
    private readonly KernelReceiver _kernel;
    private ReceiverLife _life;

    /// <param name="scratch">Where records are opened.</param>
    public ChannelReceiver(
        ChannelContext context, ChannelSender sender, ChannelClose close, HandOver handOver, ExactReceive exact, ChannelScratch scratch)
    {
        _context = context;
        _close = close;
        _handOver = handOver;
        _exact = exact;
        _records = new TlsReceiver(this, scratch.Record);
        _kernel = new KernelReceiver(context, close, exact);
        Control = new ControlRecords(context, sender, close, _records);
    }

    public ControlRecords Control { get; }

    /// <summary>Whether a receive may be armed: none is, and there is something to receive.</summary>
    private bool MayReceive =>
        !_life.IsPaused && !_context.Life.PeerEnded && !_context.Life.IsReceiveBroken && !_context.Receive.IsPending;

    /// <summary>Whether the beginning of a record has come, and not its end.</summary>
    public bool HasCutRecord => _records.KeptBytes > 0;

    /// <summary>Records are opened in user space, at least until <see cref="Begin"/>.</summary>
    public void StartRecords(RecordOpener opener) => _records.Start(opener);

    /// <summary>Arms the receive; before that the kernel takes over, once no record is cut.</summary>
    public void Begin()
    {
        _life.HandsOver = false;
        if (_handOver.WantsReceive)
        {
            if (_records.MissingBytes is var missing and > 0)
            {
                Complete(missing);
                return;
            }

            if (_handOver.TryReceive())
            {
                var keys = _context.Life.Keys!.Receive;
                _kernel.Start(keys.Sequence);
                _records.Release();
                keys.Dispose();
            }
        }

        _context.Life.State = ChannelState.Open;
        Arm();
    }

    /// <summary>The kernel takes over once the armed receive has ended, and all that it has received is opened: what is armed next
    /// begins in the kernel. It may be asked for within a call of the owner, who is being given records of the same receive.</summary>
    public void HandOver()
    {
        if (!_handOver.WantsReceive)
            return;
        _life.HandsOver = true;
        _context.Loop.Cancel(_context.Receive);
    }

    /// <summary>Takes ciphertext.</summary>
    public void Feed(ReadOnlySpan<byte> ciphertext)
    {
        _records.Feed(ciphertext);
        if (_records.IsNearKeyLimit)
            Control.RenewReceiveKeys();
    }

    public void Pause()
    {
        if (!_context.IsOpen || _life.IsPaused)
            return;
        _life.IsPaused = true;
        // A cut record is completed all the same: at most one more is given to the owner.
        if (_context.Life.State == ChannelState.Open)
            _context.Loop.Cancel(_context.Receive);
    }

    public void Resume()
    {
        if (!_context.IsOpen || !_life.IsPaused)
            return;
        _life.IsPaused = false;
        if (_context.Life.State == ChannelState.Open)
            Arm();
    }

    /// <summary>Ends the armed receive, and then looks whether there is anything that the owner hasn't been given.</summary>
    public void ReadOnceMore()
    {
        if (_context.Life.State != ChannelState.Open)
            return;
        _life.ReadsOnceMore = true;
        if (_context.Receive.IsPending)
            _context.Loop.Cancel(_context.Receive);
        else
            OnReadOnceMore();
    }

    /// <summary>The armed receive has a completion.</summary>
    public void OnReceived(in OperationResult result)
    {
        if (!_context.IsOpen)
        {
            _close.DiscardReceived(result);
            return;
        }

        if (result.Succeeded && result.Count > 0)
            Deliver(result.Received.Span);
        else if (result.Succeeded)
            _close.EndReceive(isOrderly: false);
        else if (_kernel.IsOfRecord(result.Error))
            _kernel.OnRecordError(result.Error);
        else if (ChannelContext.IsBroken(result))
            _close.Fail(ChannelFailure.ReceiveFailed, result.Error);

        if (result.More)
            return;
        if (_life.ReadsOnceMore)
            OnReadOnceMore();
        // The owner may have closed, paused or resumed within the calls.
        if (_context.Life.State != ChannelState.Open)
            _close.Continue();
        else
            Arm();
    }

    /// <summary>A receive of exactly one record has ended: a control record of the kernel's, or the rest of a cut one.</summary>
    public void OnExactReceived(in OperationResult result)
    {
        var completes = _context.Life.State == ChannelState.Completing;
        if (!_context.IsOpen)
        {
            _context.Life.PeerEnded |= _exact.IsCloseNotify(result);
            _exact.Release();
            _close.DiscardReceived(result);
            return;
        }

        var received = _exact.Received(result);
        if (ChannelContext.IsBroken(result))
        {
            if (!_kernel.TryFail(result.Error))
                _close.Fail(ChannelFailure.ReceiveFailed, result.Error);
        }
        else if (result.Succeeded && received.IsEmpty && (completes || result.RecordType == 0))
            _close.EndReceive(isOrderly: false);
        else if (completes)
            Feed(received);
        else if (result.Succeeded)
            DeliverKernelRecord(result.RecordType, received);

        _exact.Release();
        if (!_context.IsOpen)
            _close.Continue();
        else if (completes)
            Begin();
        else
            Arm();
    }

    bool IRecordSink.OnRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        if (type == ContentType.ApplicationData && !content.IsEmpty && !Control.IsCut)
        {
            Control.OnData();
            if (_context.IsOpen)
                Give(content);
            return _context.IsOpen;
        }

        return Control.OnRecord(type, content);
    }

    void IRecordSink.OnBadRecord(TlsAlert alert)
    {
        // The record may be right, but its key has opened as many as it may.
        if (alert == TlsAlert.InternalError)
            _close.ExhaustKeys();
        else
            _close.FailWithAlert(alert);
    }

    /// <summary>The connection has ended; nothing is in flight.</summary>
    public void EndLife()
    {
        _records.Release();
        _kernel.EndLife();
        _exact.Release();
        Control.EndLife();
        _life = default;
    }

    /// <summary>Gives memory back after a fault, whatever state that has left.</summary>
    public void Discard()
    {
        _context.Loop.Faults.Attempt(RecordChannel.Ending, _records, static records => records.Release());
        _context.Loop.Faults.Attempt(RecordChannel.Ending, _exact, static exact => exact.Release());
    }

    private void Arm()
    {
        if (!MayReceive)
            return;
        if (_life.HandsOver)
            Begin();
        else if (_context.Options.ReceivesSingly)
            _context.Loop.Receive(_context.Receive, _context.Life.Descriptor);
        else
            _context.Loop.ReceiveMultishot(_context.Receive, _context.Life.Descriptor);
    }

    /// <summary>Receives the rest of a cut record, so that the kernel begins at a record.</summary>
    private void Complete(int missing)
    {
        if (_exact.TryReceiveBytes(missing))
            _context.Life.State = ChannelState.Completing;
        else
            _close.Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        // What follows close_notify is ignored (RFC 9846, section 6.1).
        if (_context.Life.PeerEnded)
            return;
        if (_context.Life.KernelReceives)
            _kernel.Count(bytes.Length);
        if (_context.Life.Keys is null || _context.Life.KernelReceives)
            DeliverData(bytes);
        else
            Feed(bytes);
    }

    private void DeliverKernelRecord(byte recordType, ReadOnlySpan<byte> content)
    {
        _kernel.Count(content.Length);
        if (!_context.IsOpen)
            return;
        if (recordType is 0 or (byte)ContentType.ApplicationData && !content.IsEmpty)
            DeliverData(content);
        else
            Control.OnRecord((ContentType)recordType, content);
    }

    private void DeliverData(ReadOnlySpan<byte> bytes)
    {
        if (Control.IsCut)
        {
            _close.FailWithAlert(TlsAlert.UnexpectedMessage);
            return;
        }

        Control.OnData();
        Give(bytes);
    }

    private void Give(ReadOnlySpan<byte> content)
    {
        _life.ReadsOnceMore = false;
        _context.Life.Owner!.OnReceived(content);
    }

    private void OnReadOnceMore()
    {
        _life.ReadsOnceMore = false;
        if (_context.Life.State != ChannelState.Open)
            return;
        var isSilent = _context.Life.PeerEnded || _context.Life.IsReceiveBroken
            || (!HasCutRecord && !_context.Loop.Sockets.HasInput(_context.Life.Descriptor));
        if (isSilent)
            _context.Life.Owner!.OnSilent();
    }
}
