using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.PollConstants;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Ktls;

/// <content>How a connection ends: so that every byte sent arrives, or so that none can be taken for the last.</content>
public sealed partial class RecordChannel
{
    private const string Ending = "the end of a channel";

    // struct linger (socket(7)): on, with no time: close sends a reset.
    private static readonly byte[] ResetOnClose = [1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Ends the connection so that every byte sent reaches the peer. Nothing may be in flight.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        if (_life.IsSending)
            throw new InvalidOperationException("The channel is sending; wait for the end or abort.");
        if (_life.Keys is null)
            Stop();
        else
            Notify(TlsAlert.CloseNotify);
    }

    /// <summary>Ends the connection with a reset, so that the peer can't take what it has for the whole.</summary>
    public void Abort()
    {
        if (_life.State is ChannelState.Closed or ChannelState.Closing or ChannelState.Aborting)
            return;
        _life.State = ChannelState.Aborting;
        CancelAll();
        Continue();
    }

    public void OnDeadline(Deadline deadline)
    {
        switch (_life.State)
        {
            case ChannelState.Open or ChannelState.Completing:
                SendHeld();
                break;
            case ChannelState.Notifying or ChannelState.Flushing:
                Abort();
                break;
            case ChannelState.Lingering:
                _life.PeerEnded = true;
                _loop.Cancel(_receive);
                Continue();
                break;
            case ChannelState.Aborting:
                if (_counters.CountLateAbort())
                    _options.OnFirstLateAbort?.Invoke();
                CancelAll();
                break;
        }
    }

    /// <summary>Ends what is pending, without the peer's help.</summary>
    private void CancelAll()
    {
        _loop.Arm(_deadline, _options.AbortTimeout);
        _loop.Cancel(_receive);
        _loop.Cancel(_send);
        // A send without a copy ends when the peer has taken its bytes, and no cancel finds it: the reset drops them. Records of TLS
        // are sent with a copy.
        if (_send.IsPending)
            _ = _loop.Sockets.Reset(_life.Descriptor);
    }

    private void Fail(ChannelFailure failure, Errno error)
    {
        _life.PeerEnded = true;
        var told = IsOpen;
        Abort();
        if (told)
            _life.Owner!.OnFailed(failure, error);
    }

    private void FailWithAlert(TlsAlert alert)
    {
        _counters.Records.CountAlertSent();
        _life.Transmitter!.DropRest();
        Notify(alert);
        _life.Owner!.OnFailed(ChannelFailure.BadRecord, Errno.EBADMSG);
    }

    /// <summary>Sends the last record, after those under way.</summary>
    private void Notify(TlsAlert alert)
    {
        _life.State = ChannelState.Notifying;
        _life.LastAlert = alert;
        _life.HasNotified = _sealed.HasNotified;
        _loop.Arm(_deadline, _options.FlushTimeout);
        if (!_send.IsPending)
            OnNotifyProgress();
    }

    private void OnNotifyProgress()
    {
        if (!_life.HasNotified)
        {
            _life.HasNotified = true;
            var level = _life.LastAlert == TlsAlert.CloseNotify ? AlertLevel.Warning : AlertLevel.Fatal;
            if (!_life.Transmitter!.TrySendControl(_life.Descriptor, ContentType.Alert, [(byte)level, (byte)_life.LastAlert]))
                Abort();
            return;
        }

        if (!KernelTransmits)
        {
            Stop();
            return;
        }

        // What the kernel has taken but TCP hasn't is lost by a close before there is room again.
        _life.State = ChannelState.Flushing;
        _loop.Poll(_send, _life.Descriptor, POLLOUT);
    }

    /// <summary>Sends no more. The armed receive goes on for what the peer still sends.</summary>
    private void Stop()
    {
        EventLoop.Disarm(_deadline);
        _life.State = ChannelState.Lingering;
        // A FIN would overtake records that the kernel still holds; close_notify has told the end already. ENOTCONN says that the peer
        // has reset meanwhile: there is nobody to linger for.
        if (!KernelTransmits && _loop.Sockets.ShutdownSend(_life.Descriptor) != Errno.None)
            _life.PeerEnded = true;
        if (!_life.PeerEnded)
            _loop.Arm(_deadline, _options.LingerTimeout);
        // A descriptor is closed when nothing is pending on it, and what can't be received any more is polled for.
        if (_life.PeerEnded || _life.IsReceiveBroken)
            _loop.Cancel(_receive);
        Continue();
    }

    /// <summary>Goes on with the close as far as the pending operations let it.</summary>
    private void Continue()
    {
        if (_receive.IsPending)
            return;
        switch (_life.State)
        {
            case ChannelState.Lingering when !_life.PeerEnded:
                // Where the kernel can't open the records there is nothing to discard; a close before the peer's would reset the alert
                // away.
                if (_life.IsReceiveBroken)
                    _loop.Poll(_receive, _life.Descriptor, POLLRDHUP);
                else
                    _loop.Receive(_receive, _life.Descriptor);
                break;
            case ChannelState.Lingering:
                CloseDescriptor();
                break;
            case ChannelState.Aborting when !_send.IsPending:
                // Where the option fails the socket is gone already, which is what was wanted.
                _ = _loop.Sockets.SetOption(_life.Descriptor, SOL_SOCKET, SO_LINGER, ResetOnClose);
                CloseDescriptor();
                break;
        }
    }

    private void OnPeerGone()
    {
        _life.PeerEnded = true;
        Continue();
    }

    private void CloseDescriptor()
    {
        EventLoop.Disarm(_deadline);
        _loop.Close(_close, _life.Descriptor);
        // From here on the descriptor is the operation's, whatever happens.
        _life.State = ChannelState.Closing;
    }

    /// <summary>The one place where a life ends; nothing is pending, and the descriptor is gone.</summary>
    private void Finish()
    {
        var owner = _life.Owner!;
        _socket.Release();
        _sealed.Release();
        _receiver.Release();
        _postHandshake.Reset();
        _send.ForgetSocket();
        _life.Keys?.Dispose();
        ReleaseExact();
        _life = new();
        owner.OnClosed();
    }

    /// <summary>What ends when one of the channel's callbacks throws.</summary>
    public IFaultDomain? Domain { get; init; }

    public void OnFault() => Domain?.OnFault();

    /// <summary>Gives what is pending away. The channel does nothing more.</summary>
    /// <returns>The descriptor; -1 where it is closed or being closed.</returns>
    public int Surrender(AbandonedSocket heir)
    {
        ArgumentNullException.ThrowIfNull(heir);
        EventLoop.Disarm(_deadline);
        var descriptor = _life.State is ChannelState.Closed or ChannelState.Closing ? -1 : _life.Descriptor;
        _life.State = ChannelState.Closed;
        heir.TakeOver(_send);
        heir.TakeOver(_receive);
        heir.TakeOver(_close);
        return descriptor;
    }

    /// <summary>Gives memory back and forgets the keys, once nothing is pending that was surrendered.</summary>
    public void Discard()
    {
        _loop.Faults.Attempt(Ending, _socket, static transmitter => transmitter.Release());
        _loop.Faults.Attempt(Ending, _sealed, static transmitter => transmitter.Release());
        _loop.Faults.Attempt(Ending, _receiver, static receiver => receiver.Release());
        _loop.Faults.Attempt(Ending, this, static channel => channel._session?.Dispose());
        _loop.Faults.Attempt(Ending, this, static channel => channel.ReleaseExact());
    }
}
