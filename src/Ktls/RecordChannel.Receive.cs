using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Ktls;

/// <content>What comes in.</content>
public sealed partial class RecordChannel
{
    // Ints as setsockopt(2) takes them. A peer that doesn't answer nine probes has gone, too.
    private static readonly byte[] One = [1, 0, 0, 0];
    private static readonly byte[] ProbeSeconds = [10, 0, 0, 0];

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
        else if (_life.KernelReceives && result.Error is Errno.EIO or Errno.EBADMSG or Errno.EINVAL or Errno.EMSGSIZE)
            OnKernelRecordError(result.Error);
        else if (IsBroken(result))
            Fail(ChannelFailure.ReceiveFailed, result.Error);

        if (result.More)
            return;
        if (_life.ReadsOnceMore)
            OnReadOnceMore();
        // The owner may have closed, paused or resumed within the calls.
        if (_life.State != ChannelState.Open)
            Continue();
        else if (MayReceive)
            _loop.ReceiveMultishot(_receive, _life.Descriptor);
    }

    /// <summary>Looks for bytes that the owner hasn't been given yet, before it closes: ends the armed receive, gives it what that
    /// receives, and then looks at the socket. Where that is silent <see cref="IRecordChannelOwner.OnSilent"/> follows. Where it isn't, or
    /// a record is cut, the channel goes on.</summary>
    public void ReadOnceMore()
    {
        if (_life.State != ChannelState.Open)
            return;
        _life.ReadsOnceMore = true;
        if (_receive.IsPending)
            _loop.Cancel(_receive);
        else
            OnReadOnceMore();
    }

    /// <summary>Whether a peer that sends no more has gone altogether, of which nothing tells while nothing is sent to it. From the first
    /// question on the kernel probes it (SO_KEEPALIVE, tcp(7)); a reset that answered, or came before, is found here.</summary>
    public bool HasPeerGone()
    {
        _ = _loop.Sockets.SetOption(_life.Descriptor, SOL_SOCKET, SO_KEEPALIVE, One);
        _ = _loop.Sockets.SetOption(_life.Descriptor, IPPROTO_TCP, TCP_KEEPIDLE, ProbeSeconds);
        _ = _loop.Sockets.SetOption(_life.Descriptor, IPPROTO_TCP, TCP_KEEPINTVL, ProbeSeconds);
        Span<byte> error = stackalloc byte[sizeof(int)];
        var read = _loop.Sockets.GetOption(_life.Descriptor, SOL_SOCKET, SO_ERROR, error, out _);
        return read != Errno.None || BitConverter.ToInt32(error) != 0;
    }

    private void OnReadOnceMore()
    {
        _life.ReadsOnceMore = false;
        if (_life.State != ChannelState.Open)
            return;
        if (_life.PeerEnded || _life.IsReceiveBroken || (_receiver.KeptBytes == 0 && !_loop.Sockets.HasInput(_life.Descriptor)))
            _life.Owner!.OnSilent();
    }

    /// <summary>What comes while the connection ends.</summary>
    private void Discard(in OperationResult result)
    {
        var isControl = _life.KernelReceives && result.Error == Errno.EIO;
        _life.LingeredBytes += result.Count;
        var isEnd = result.Succeeded ? result.Count == 0 : IsBroken(result) && !isControl;
        _life.PeerEnded |= isEnd || _life.LingeredBytes > _options.LingerBytes;
        if (result.More)
        {
            if (_life.PeerEnded && _life.State == ChannelState.Lingering)
                _loop.Cancel(_receive);
            return;
        }

        // A control record stays until it is asked for, and every receive fails until then.
        if (isControl && _life.State == ChannelState.Lingering && !_life.PeerEnded && TryReceiveControl())
            return;
        _life.PeerEnded |= isControl && _life.State == ChannelState.Lingering;
        Continue();
    }

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        // What follows close_notify is ignored (RFC 9846, section 6.1).
        if (_life.PeerEnded)
            return;
        if (_life.KernelReceives)
            CountKernelReceived(bytes.Length);
        if (_life.Keys is null || _life.KernelReceives)
            DeliverData(bytes);
        else
            Feed(bytes);
    }

    private void Feed(ReadOnlySpan<byte> ciphertext)
    {
        _receiver.Feed(ciphertext);
        if (_receiver.IsNearKeyLimit)
            RenewReceiveKeys();
    }

    private void DeliverData(ReadOnlySpan<byte> bytes)
    {
        if (_postHandshake.IsCut)
        {
            FailWithAlert(TlsAlert.UnexpectedMessage);
            return;
        }

        _life.Credit.OnData();
        Give(bytes);
    }

    private void Give(ReadOnlySpan<byte> content)
    {
        _life.ReadsOnceMore = false;
        _life.Owner!.OnReceived(content);
    }

    /// <param name="isOrderly">The peer has said so with close_notify, where it has TLS to say it with.</param>
    private void EndReceive(bool isOrderly)
    {
        if (_life.PeerEnded)
            return;
        _life.PeerEnded = true;
        if (!isOrderly && _life.Keys is not null)
            _counters.Records.CountTruncated();
        _life.Owner!.OnReceiveEnded();
    }
}
