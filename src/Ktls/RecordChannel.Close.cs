using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls;

/// <content>How a connection ends: so that every byte sent arrives, or so that none can be taken for the last.</content>
public sealed partial class RecordChannel
{
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const int SO_LINGER = 13;
    private const uint POLLOUT = 4;
    private const uint POLLRDHUP = 0x2000;
    private const byte WarningLevel = 1;
    private const byte FatalLevel = 2;

    // struct linger (socket(7)): on, with no time: close sends a reset.
    private static readonly byte[] ResetOnClose = [1, 0, 0, 0, 0, 0, 0, 0];

    private TlsAlert _lastAlert;
    private bool _notified;

    /// <summary>Ends the connection so that every byte sent reaches the peer. Nothing may be in flight.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        if (_sending)
            throw new InvalidOperationException("The channel is sending; wait for the end or abort.");
        if (_keys is null)
            Stop();
        else
            Notify(TlsAlert.CloseNotify);
    }

    /// <summary>Ends the connection with a reset, so that the peer can't take what it has for the whole.</summary>
    public void Abort()
    {
        if (_state is State.Closed or State.Closing or State.Aborting)
            return;
        _state = State.Aborting;
        EventLoop.Disarm(_deadline);
        _loop.Cancel(_receive);
        _loop.Cancel(_send);
        Continue();
    }

    public void OnDeadline(Deadline deadline)
    {
        if (IsOpen)
        {
            SendHeld();
            return;
        }

        if (_state is State.Notifying or State.Flushing)
        {
            Abort();
            return;
        }

        if (_state != State.Lingering)
            return;
        _peerEnded = true;
        _loop.Cancel(_receive);
        Continue();
    }

    private void Fail(ChannelFailure failure, Errno error)
    {
        _peerEnded = true;
        var told = IsOpen;
        Abort();
        if (told)
            _owner!.OnFailed(failure, error);
    }

    private void FailWithAlert(TlsAlert alert)
    {
        _counters.Records.CountAlertSent();
        _transmitter.DropRest();
        Notify(alert);
        _owner!.OnFailed(ChannelFailure.BadRecord, Errno.EBADMSG);
    }

    /// <summary>Sends the last record, after those under way.</summary>
    private void Notify(TlsAlert alert)
    {
        _state = State.Notifying;
        _lastAlert = alert;
        _notified = _sealed.HasNotified;
        _loop.Arm(_deadline, _options.FlushTimeout);
        if (!_send.IsPending)
            OnNotifyProgress();
    }

    private void OnNotifyProgress()
    {
        if (!_notified)
        {
            _notified = true;
            var level = _lastAlert == TlsAlert.CloseNotify ? WarningLevel : FatalLevel;
            if (!_transmitter.TrySendControl(_descriptor, ContentType.Alert, [level, (byte)_lastAlert]))
                Abort();
            return;
        }

        if (!KernelTransmits)
        {
            Stop();
            return;
        }

        // What the kernel has taken but TCP hasn't is lost by a close before there is room again.
        _state = State.Flushing;
        _loop.Poll(_send, _descriptor, POLLOUT);
    }

    /// <summary>Sends no more. The armed receive goes on for what the peer still sends.</summary>
    private void Stop()
    {
        EventLoop.Disarm(_deadline);
        _state = State.Lingering;
        // A FIN would overtake records that the kernel still holds; close_notify has told the end already. ENOTCONN says that the peer
        // has reset meanwhile: there is nobody to linger for.
        if (!KernelTransmits && _loop.Sockets.ShutdownSend(_descriptor) != Errno.None)
            _peerEnded = true;
        if (!_peerEnded)
            _loop.Arm(_deadline, _options.LingerTimeout);
        // A descriptor is closed when nothing is pending on it, and what can't be received any more is polled for.
        if (_peerEnded || _receiveBroken)
            _loop.Cancel(_receive);
        Continue();
    }

    /// <summary>Goes on with the close as far as the pending operations let it.</summary>
    private void Continue()
    {
        if (_receive.IsPending)
            return;
        switch (_state)
        {
            case State.Lingering when !_peerEnded:
                // Where the kernel can't open the records there is nothing to discard; a close before the peer's would reset the alert
                // away.
                if (_receiveBroken)
                    _loop.Poll(_receive, _descriptor, POLLRDHUP);
                else
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

    private void OnPeerGone()
    {
        _peerEnded = true;
        Continue();
    }

    private void CloseDescriptor()
    {
        EventLoop.Disarm(_deadline);
        _state = State.Closing;
        _loop.Close(_close, _descriptor);
    }

    private void Finish()
    {
        _state = State.Closed;
        _descriptor = -1;
        _socket.Release();
        _sealed.Release();
        _receiver.Release();
        _keys?.Dispose();
        _keys = null;
        ReleaseExact();
        var owner = _owner!;
        _owner = null;
        owner.OnClosed();
    }
}
