using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Ktls.Channel;

/// <summary>Ends a connection so that every byte sent arrives, or so that none can be taken for the last. It begins with a close, an abort
/// or a failure, and ends when the close of the descriptor is submitted.</summary>
internal sealed class ChannelClose(ChannelContext context, ChannelSender sender, ExactReceive exact)
{
    private readonly EventLoop _loop = context.Loop;
    private CloseLife _life;

    /// <summary>Ends the connection so that every byte sent reaches the peer. Nothing may be in flight.</summary>
    public void Close()
    {
        if (!context.IsOpen)
            return;
        if (sender.IsSending)
            throw new InvalidOperationException("The channel is sending; wait for the end or abort.");
        if (context.Life.Keys is null)
            Stop();
        else
            Notify(TlsAlert.CloseNotify);
    }

    /// <summary>Tells the peer the end of what is sent, and receives on. Nothing of the owner's may be in flight.</summary>
    public void EndSend()
    {
        if (!context.IsOpen)
            return;
        if (sender.IsSending)
            throw new InvalidOperationException("The channel is sending; wait for the end or abort.");
        if (!sender.TryEnd())
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
    }

    /// <summary>Ends the connection with a reset, so that the peer can't take what it has for the whole.</summary>
    public void Abort()
    {
        if (context.Life.State is ChannelState.Closed or ChannelState.Closing or ChannelState.Aborting)
            return;
        context.Life.State = ChannelState.Aborting;
        CancelAll();
        Continue();
    }

    /// <summary>Aborts, and tells the owner why.</summary>
    public void Fail(ChannelFailure failure, Errno error)
    {
        context.Life.PeerEnded = true;
        var told = context.IsOpen;
        Abort();
        if (told)
            context.Life.Owner!.OnFailed(failure, error);
    }

    /// <summary>Ends the connection with a fatal alert, since the peer's records aren't right.</summary>
    public void FailWithAlert(TlsAlert alert)
    {
        context.Counters.Records.CountAlertSent();
        sender.DropRest();
        Notify(alert);
        context.Life.Owner!.OnFailed(ChannelFailure.BadRecord, Errno.EBADMSG);
    }

    /// <summary>The keys must not protect more. What is cut off by that must not look like the end.</summary>
    public void ExhaustKeys()
    {
        context.Counters.Records.CountKeysExhausted();
        sender.DropRest();
        Notify(sender.IsSending || context.Life.Owner!.IsWithinMessage ? TlsAlert.InternalError : TlsAlert.CloseNotify);
        context.Life.Owner!.OnFailed(ChannelFailure.KeysExhausted, Errno.None);
    }

    /// <summary>The peer takes no more. A client reads on.</summary>
    public void OnSendFailed(Errno error)
    {
        if (!context.IsOpen || context.Life.Owner is not IClientChannelOwner owner)
        {
            Fail(ChannelFailure.SendFailed, error);
            return;
        }

        sender.EndBroken();
        owner.OnSendFailed(error);
    }

    /// <summary>The peer sends no more.</summary>
    /// <param name="isOrderly">The peer has said so with close_notify, where it has TLS to say it with.</param>
    public void EndReceive(bool isOrderly)
    {
        if (context.Life.PeerEnded)
            return;
        context.Life.PeerEnded = true;
        context.Life.IsTruncated = !isOrderly && context.Life.Keys is not null;
        if (context.Life.IsTruncated)
            context.Counters.Records.CountTruncated();
        context.Life.Owner!.OnReceiveEnded();
    }

    /// <summary>The last record, or one before it, has left.</summary>
    public void OnNotifyProgress()
    {
        if (!_life.HasNotified)
        {
            _life.HasNotified = true;
            var level = _life.LastAlert == TlsAlert.CloseNotify ? AlertLevel.Warning : AlertLevel.Fatal;
            if (!sender.TrySendLast(ContentType.Alert, [(byte)level, (byte)_life.LastAlert]))
                Abort();
            return;
        }

        if (!sender.KernelTransmits)
        {
            Stop();
            return;
        }

        // What the kernel has taken but TCP hasn't is lost by a close before there is room again.
        context.Life.State = ChannelState.Flushing;
        _loop.Poll(context.Send, context.Life.Descriptor, POLLOUT);
    }

    /// <summary>Sends no more. The armed receive goes on for what the peer still sends.</summary>
    public void Stop()
    {
        EventLoop.Disarm(context.Deadline);
        context.Life.State = ChannelState.Lingering;
        // A FIN would overtake records that the kernel still holds; close_notify has told the end already. ENOTCONN says that the peer
        // has reset meanwhile: there is nobody to linger for.
        if (!sender.KernelTransmits && _loop.Sockets.ShutdownSend(context.Life.Descriptor) != Errno.None)
            context.Life.PeerEnded = true;
        if (!context.Life.PeerEnded)
            _loop.Arm(context.Deadline, context.Options.LingerTimeout);
        // A descriptor is closed when nothing is pending on it, and what can't be received any more is polled for.
        if (context.Life.PeerEnded || context.Life.IsReceiveBroken)
            _loop.Cancel(context.Receive);
        Continue();
    }

    /// <summary>Goes on with the close as far as the pending operations let it.</summary>
    public void Continue()
    {
        if (context.Receive.IsPending)
            return;
        switch (context.Life.State)
        {
            case ChannelState.Lingering when !context.Life.PeerEnded:
                // Where the kernel can't open the records there is nothing to discard; a close before the peer's would reset the alert
                // away.
                if (context.Life.IsReceiveBroken)
                    _loop.Poll(context.Receive, context.Life.Descriptor, POLLRDHUP);
                else
                    _loop.Receive(context.Receive, context.Life.Descriptor);
                break;
            case ChannelState.Lingering:
                CloseDescriptor();
                break;
            case ChannelState.Aborting when !context.Send.IsPending:
                ResetOnClose.Set(_loop.Sockets, context.Life.Descriptor);
                CloseDescriptor();
                break;
        }
    }

    /// <summary>The poll that takes the place of a broken receive has ended.</summary>
    public void OnPeerGone()
    {
        context.Life.PeerEnded = true;
        Continue();
    }

    /// <summary>Takes what comes while the connection ends.</summary>
    public void DiscardReceived(in OperationResult result)
    {
        var isControl = context.Life.KernelReceives && result.Error == Errno.EIO;
        _life.LingeredBytes += result.Count;
        var isEnd = result.Succeeded ? result.Count == 0 : ChannelContext.IsBroken(result) && !isControl;
        context.Life.PeerEnded |= isEnd || _life.LingeredBytes > context.Options.LingerBytes;
        var isLingering = context.Life.State == ChannelState.Lingering;
        if (result.More)
        {
            if (context.Life.PeerEnded && isLingering)
                _loop.Cancel(context.Receive);
            return;
        }

        // A control record stays until it is asked for, and every receive fails until then.
        if (isControl && isLingering && !context.Life.PeerEnded && exact.TryReceiveRecord())
            return;
        context.Life.PeerEnded |= isControl && isLingering;
        Continue();
    }

    /// <summary>A step of the close took too long.</summary>
    public void OnDeadline()
    {
        switch (context.Life.State)
        {
            case ChannelState.Notifying or ChannelState.Flushing:
                Abort();
                break;
            case ChannelState.Lingering:
                context.Life.PeerEnded = true;
                _loop.Cancel(context.Receive);
                Continue();
                break;
            case ChannelState.Aborting:
                if (context.Counters.CountLateAbort())
                    context.Options.OnFirstLateAbort?.Invoke();
                CancelAll();
                break;
        }
    }

    public void EndLife() => _life = default;

    /// <summary>Sends the last record, after those under way.</summary>
    private void Notify(TlsAlert alert)
    {
        context.Life.State = ChannelState.Notifying;
        _life.LastAlert = alert;
        _life.HasNotified = sender.HasNotified;
        _loop.Arm(context.Deadline, context.Options.FlushTimeout);
        if (!context.Send.IsPending)
            OnNotifyProgress();
    }

    /// <summary>Ends what is pending, without the peer's help.</summary>
    private void CancelAll()
    {
        _loop.Arm(context.Deadline, context.Options.AbortTimeout);
        _loop.Cancel(context.Receive);
        sender.DropRest();
        _loop.Cancel(context.Send);
        // A send without a copy ends when the peer has taken its bytes, and no cancel finds it: the reset drops them. Records of TLS
        // are sent with a copy.
        if (context.Send.IsPending)
            _ = _loop.Sockets.Reset(context.Life.Descriptor);
    }

    private void CloseDescriptor()
    {
        EventLoop.Disarm(context.Deadline);
        _loop.Close(context.Close, context.Life.Descriptor);
        // From here on the descriptor is the operation's, whatever happens.
        context.Life.State = ChannelState.Closing;
    }
}
