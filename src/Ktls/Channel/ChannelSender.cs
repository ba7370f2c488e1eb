using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>The sending side of a channel: one send at a time, the owner's or a control record, over the transmitter that the connection
/// has. It returns each step, and the channel acts on it.</summary>
internal sealed class ChannelSender(ChannelContext context, SegmentStock segments, SealQueue queue)
{
    private readonly SocketTransmitter _socket = new(context.Loop, context.Send, segments, context.Options.ChunkBytes);
    private readonly SealedTransmitter _sealed = new(context.Loop, context.Send, segments, queue);
    private SenderLife _life;

    /// <summary>Whether the owner's send hasn't ended.</summary>
    public bool IsSending => _life.IsSending;

    /// <summary>Whether nothing is under way, so that a control record may leave.</summary>
    public bool IsIdle => !_life.IsSending && !_life.SendsControl;

    /// <summary>Whether the owner's send waits for a control record that has left.</summary>
    public bool HasWaiting => _life.IsSending && !_life.SendsControl;

    public long SentBytes => _life.SentBefore + (_life.Transmitter?.SentBytes ?? 0);

    /// <summary>Whether the kernel makes the records.</summary>
    public bool KernelTransmits => context.Life.Keys is not null && _life.Transmitter == _socket;

    public bool IsNearKeyLimit => _life.Transmitter!.IsNearKeyLimit;

    /// <summary>Whether the keys may protect more than the record that tells the end.</summary>
    public bool HasKeyRoom => _life.Transmitter!.HasKeyRoom;

    /// <summary>close_notify is sealed, or the end of a stream without TLS is told: nothing may follow it.</summary>
    public bool HasNotified => _sealed.HasNotified || _life.HasEnded;

    /// <summary>Whether <see cref="TryEnd"/> is to be called once nothing is under way.</summary>
    public bool OwesEnd => _life.OwesEnd;

    public void StartPlaintext() => _life.Transmitter = _socket;

    /// <summary>The kernel makes the records from now on. Nothing may be in flight.</summary>
    /// <param name="before">Records that its key has protected already.</param>
    public void StartKernel(ulong before)
    {
        _life.SentBefore = SentBytes;
        _sealed.Release();
        _life.Transmitter = _socket;
        _socket.StartKernel(context.Life.KeyLimit, before);
    }

    /// <summary>Records are made in user space.</summary>
    /// <param name="sealer">Disposed at the end of the connection.</param>
    public void StartSealed(RecordSealer sealer)
    {
        _sealed.Start(sealer, context.Life.KeyLimit);
        _life.Transmitter = _sealed;
        context.Send.CopyOnThisSocket();
    }

    /// <summary>Begins to send application bytes, behind the control record under way.</summary>
    public TransmitStep Send(ReadOnlySpan<NativeSlice> ranges, bool isLast)
    {
        _life.IsSending = true;
        _sealed.IsLast = isLast;
        if (!_life.SendsControl)
            return _life.Transmitter!.TrySend(context.Life.Descriptor, ranges);
        _life.Waiting = new SendRanges(ranges);
        return TransmitStep.Sending;
    }

    public TransmitStep SendWaiting()
    {
        var waiting = _life.Waiting;
        _life.Waiting = default;
        return _life.Transmitter!.TrySend(context.Life.Descriptor, waiting);
    }

    /// <summary>Counts what an operation sent, and sends on.</summary>
    public TransmitStep Advance(int count) => _life.Transmitter!.Advance(context.Life.Descriptor, count);

    /// <summary>The send under way has left.</summary>
    /// <returns>Whether it was a control record.</returns>
    public bool EndControlOrSend()
    {
        var wasControl = _life.SendsControl;
        if (wasControl)
            _life.SendsControl = false;
        else
            _life.IsSending = false;
        return wasControl;
    }

    /// <summary>Begins to send a record that goes before the owner's data.</summary>
    /// <returns>False when there is no memory, or the keys must not protect even this.</returns>
    public bool TrySendControl(ContentType type, ReadOnlySpan<byte> message) =>
        _life.SendsControl = TrySendLast(type, message);

    /// <summary>Tells the peer the end, behind the control record under way. Nothing of the owner's is.</summary>
    /// <returns>False when there is no memory, or the keys must not protect even this.</returns>
    public bool TryEnd()
    {
        _life.OwesEnd = _life.SendsControl;
        if (_life.OwesEnd || HasNotified)
            return true;
        _life.HasEnded = true;
        if (context.Life.Keys is not null)
            return TrySendControl(ContentType.Alert, [(byte)AlertLevel.Warning, (byte)TlsAlert.CloseNotify]);
        // Where the peer has reset the connection meanwhile, the receive tells.
        _ = context.Loop.Sockets.ShutdownSend(context.Life.Descriptor);
        return true;
    }

    /// <summary>Begins to send the record behind which nothing follows.</summary>
    /// <returns>False when there is no memory, or the keys must not protect even this.</returns>
    public bool TrySendLast(ContentType type, ReadOnlySpan<byte> message) =>
        _life.Transmitter!.TrySendControl(context.Life.Descriptor, type, message);

    /// <summary>Goes to the next keys, where records are made in user space. Nothing that is sealed already changes.</summary>
    public void UpdateKeys() => _sealed.UpdateKeys();

    /// <summary>Keeps records sealed before, which leave in front of the next.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TryHold(ReadOnlySpan<byte> records) => _sealed.TryHold(records);

    /// <summary>Sends the records that are held, where nothing has been sent that they could have left with.</summary>
    public void SendHeld()
    {
        if (!_sealed.HoldsRecords)
            return;
        _life.SendsControl = true;
        _sealed.SendHeld(context.Life.Descriptor);
    }

    /// <summary>The send under way has failed, with what waits behind it.</summary>
    public void EndBroken()
    {
        DropRest();
        _life.IsSending = _life.SendsControl = false;
        _life.Waiting = default;
    }

    /// <summary>Sends nothing beyond the records under way.</summary>
    public void DropRest() => _life.Transmitter?.DropRest();

    /// <summary>The connection has ended; nothing is in flight.</summary>
    public void EndLife()
    {
        _socket.Release();
        _sealed.Release();
        context.Send.ForgetSocket();
        _life = default;
    }

    /// <summary>Gives memory back after a fault, whatever state that has left.</summary>
    public void Discard()
    {
        context.Loop.Faults.Attempt(RecordChannel.Ending, _socket, static transmitter => transmitter.Release());
        context.Loop.Faults.Attempt(RecordChannel.Ending, _sealed, static transmitter => transmitter.Release());
    }
}
