using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls;

/// <content>What comes in.</content>
public sealed partial class RecordChannel
{
    private void OnReceiveCompleted(in OperationResult result)
    {
        if (!IsOpen)
        {
            Discard(result);
            return;
        }

        if (result.Succeeded && result.Count > 0)
            Deliver(result.Received.Span);
        else if (result.Succeeded)
            EndReceive(isOrderly: false);
        else if (_kernelReceives && result.Error is Errno.EIO or Errno.EBADMSG or Errno.EINVAL or Errno.EMSGSIZE)
            OnKernelRecordError(result.Error);
        else if (!IsTransient(result.Error))
            Fail(ChannelFailure.ReceiveFailed, result.Error);

        // The owner may have closed, paused or resumed within the call.
        if (!result.More && _state != State.Open)
            Continue();
        else if (!result.More && !_paused && !_peerEnded && !_receive.IsPending)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    /// <summary>What comes while the connection ends.</summary>
    private void Discard(in OperationResult result)
    {
        var isControl = _kernelReceives && result.Error == Errno.EIO;
        _lingered += result.Count;
        var isEnd = result.Succeeded ? result.Count == 0 : !IsTransient(result.Error) && !isControl;
        _peerEnded |= isEnd || _lingered > _options.LingerBytes;
        if (result.More)
        {
            if (_peerEnded && _state == State.Lingering)
                _loop.Cancel(_receive);
            return;
        }

        // A control record stays until it is asked for, and every receive fails until then.
        if (isControl && _state == State.Lingering && !_peerEnded && TryReceiveControl())
            return;
        _peerEnded |= isControl && _state == State.Lingering;
        Continue();
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        // What follows close_notify is ignored (RFC 8446, section 6.1).
        if (_peerEnded)
            return;
        if (_keys is null || _kernelReceives)
            DeliverData(bytes);
        else
            _receiver.Feed(bytes);
    }

    private void DeliverData(ReadOnlySpan<byte> bytes)
    {
        if (_postHandshake.IsCut)
        {
            FailWithAlert(TlsAlert.UnexpectedMessage);
            return;
        }

        _postHandshake.OnData();
        _owner!.OnReceived(bytes);
    }

    /// <param name="isOrderly">The peer has said so with close_notify, where it has TLS to say it with.</param>
    private void EndReceive(bool isOrderly)
    {
        if (_peerEnded)
            return;
        _peerEnded = true;
        if (!isOrderly && _keys is not null)
            _counters.Records.CountTruncated();
        _owner!.OnReceiveEnded();
    }
}
