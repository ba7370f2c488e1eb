using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Ktls;

/// <content>Records that aren't application data.</content>
public sealed partial class RecordChannel
{
    // RFC 5246, section 7.2.2.
    private static ReadOnlySpan<byte> NoRenegotiation => [(byte)AlertLevel.Warning, 100];

    /// <returns>Whether further records are wanted.</returns>
    private bool OnControlRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        if (_life.Credit.TryTake(_loop.Now, SentBytes))
            return OnPostHandshake(_postHandshake.Read(type, content, _life.Keys!.Version == TlsVersion.Tls13));
        FailWithAlert(TlsAlert.UnexpectedMessage);
        return false;
    }

    /// <returns>Whether further records are wanted.</returns>
    private bool OnPostHandshake(PostHandshakeStep step)
    {
        switch (step)
        {
            case PostHandshakeStep.None:
                return true;
            case PostHandshakeStep.Ended:
                EndReceive(isOrderly: true);
                return false;
            case PostHandshakeStep.Renegotiate:
                _counters.Records.CountRenegotiationRefused();
                _life.OwesRefusal = true;
                if (!_life.IsSending && !_life.SendsControl)
                    SendOwed();
                return IsOpen;
            case PostHandshakeStep.UpdateReceive:
                return TryUpdateReceive();
            case PostHandshakeStep.UpdateBoth:
                return TryUpdateReceive() && TryUpdateTransmit();
            case PostHandshakeStep.Fatal:
                _counters.Records.CountAlertReceived();
                Fail(ChannelFailure.PeerAlert, Errno.ECONNRESET);
                return false;
            case PostHandshakeStep.Malformed:
                FailWithAlert(TlsAlert.DecodeError);
                return false;
            case PostHandshakeStep.Illegal:
                FailWithAlert(TlsAlert.IllegalParameter);
                return false;
            default:
                FailWithAlert(TlsAlert.UnexpectedMessage);
                return false;
        }
    }

    private bool TryUpdateReceive()
    {
        _counters.Records.CountKeyUpdate();
        _life.Renewal.OnPeerUpdated();
        if (!_life.KernelReceives)
        {
            _receiver.UpdateKeys();
            return true;
        }

        // Nothing behind it can be opened. What came before it is answered.
        _counters.CountRekeyRefused();
        _life.IsEnding = true;
        _life.IsReceiveBroken = true;
        _life.Owner!.OnReceiveEnded();
        return false;
    }

    private bool TryUpdateTransmit()
    {
        if (KernelTransmits)
        {
            // It stays owed: a kernel below 6.14 refuses a second key, and none is asked.
            if (!_life.Renewal.IsDue)
            {
                _counters.CountRekeyRefused();
                _life.Renewal.Owe();
                _life.IsEnding = true;
                _life.Owner!.OnEnding();
            }

            return IsOpen;
        }

        _life.Renewal.Owe();
        if (!_life.IsSending && !_life.SendsControl)
            SendOwed();
        return IsOpen;
    }

    /// <summary>Changes our keys at the peer's wish, asks it to change its own, or refuses new ones in TLS 1.2.</summary>
    private void SendOwed()
    {
        var updates = _life.Renewal.IsDue && !KernelTransmits;
        if ((!updates && !_life.OwesRefusal) || _sealed.HasNotified)
            return;
        if (!_life.Transmitter!.HasKeyRoom)
        {
            ExhaustKeys();
            return;
        }

        _life.OwesRefusal = false;
        _life.SendsControl = updates
            ? _sealed.TrySendControl(
                _life.Descriptor, ContentType.Handshake, [(byte)HandshakeType.KeyUpdate, 0, 0, 1, _life.Renewal.Take()])
            : _life.Transmitter.TrySendControl(_life.Descriptor, ContentType.Alert, NoRenegotiation);
        // It is sealed already; whatever comes next, be it an alert, has the new keys.
        if (!_life.SendsControl)
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
        else if (updates)
            _sealed.UpdateKeys();
    }

    /// <summary>The peer's keys near their limit: it is asked for others, or the connection ends after the next response.</summary>
    private void RenewReceiveKeys()
    {
        if (!IsOpen)
            return;
        if (KernelTransmits || _life.Keys!.Version != TlsVersion.Tls13)
            _life.IsEnding = true;
        else if (_life.Renewal.TryAsk() && !_life.IsSending && !_life.SendsControl)
            SendOwed();
    }

    /// <summary>Counts what the kernel has opened. It tells bytes, and each record has one at least; near the limit it is asked for the
    /// number itself.</summary>
    private void CountKernelReceived(int bytes)
    {
        _life.KernelReceived += (ulong)bytes + 1;
        if (!_life.KeyLimit.IsNear(_life.KernelReceived))
            return;
        if (KtlsSocket.TryReadReceiveSequence(_loop.Sockets, _life.Descriptor, _life.Keys!, out var exact))
            _life.KernelReceived = exact;
        _life.IsEnding |= _life.KeyLimit.IsNear(_life.KernelReceived);
        if (!_life.KeyLimit.AllowsLast(_life.KernelReceived))
            ExhaustKeys();
    }

    /// <summary>The keys must not protect more. What is cut off by that must not look like the end.</summary>
    private void ExhaustKeys()
    {
        _counters.Records.CountKeysExhausted();
        _life.Transmitter!.DropRest();
        Notify(_life.IsSending || _life.Owner!.IsWithinMessage ? TlsAlert.InternalError : TlsAlert.CloseNotify);
        _life.Owner!.OnFailed(ChannelFailure.KeysExhausted, Errno.None);
    }

    /// <summary>The kernel has a record that plain receives don't give, or one that it can't open.</summary>
    private void OnKernelRecordError(Errno error)
    {
        if (error != Errno.EIO)
            FailKernelReceive(error);
        else if (!TryReceiveControl())
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
    }

    private bool TryReceiveControl()
    {
        _life.Exact ??= _segments.TryRent(RecordFormat.RecordMaximum);
        if (_life.Exact is null)
            return false;
        _loop.ReceiveMessage(_receive, _life.Descriptor, _life.Exact.Memory);
        return true;
    }

    private void FailKernelReceive(Errno error)
    {
        // The kernel keeps the error and answers the next send with it, which is to be the alert; asking for it clears it.
        _ = _loop.Sockets.GetOption(_life.Descriptor, SOL_SOCKET, SO_ERROR, stackalloc byte[sizeof(int)], out _);
        _life.IsReceiveBroken = true;
        FailWithAlert(error switch
        {
            Errno.EMSGSIZE => TlsAlert.RecordOverflow,
            Errno.EINVAL => TlsAlert.UnexpectedMessage,
            _ => TlsAlert.BadRecordMac,
        });
    }

    /// <summary>A control record of the kernel's, or the rest of a cut record.</summary>
    private void OnExactReceived(in OperationResult result)
    {
        var completes = _life.State == ChannelState.Completing;
        if (!IsOpen)
        {
            _life.PeerEnded |= result.RecordType == (byte)ContentType.Alert && _life.Exact!.Memory.Span[1] == (byte)TlsAlert.CloseNotify;
            ReleaseExact();
            Discard(result);
            return;
        }

        var received = result.Succeeded ? _life.Exact!.Memory.Span[..result.Count] : default;
        if (IsBroken(result))
        {
            if (_life.KernelReceives && result.Error is Errno.EBADMSG or Errno.EINVAL or Errno.EMSGSIZE)
                FailKernelReceive(result.Error);
            else
                Fail(ChannelFailure.ReceiveFailed, result.Error);
        }
        else if (result.Succeeded && received.IsEmpty && (completes || result.RecordType == 0))
            EndReceive(isOrderly: false);
        else if (completes)
            Feed(received);
        else if (result.Succeeded)
            DeliverKernelRecord(result.RecordType, received);

        ReleaseExact();
        if (!IsOpen)
            Continue();
        else if (completes)
            BeginReceive();
        else if (MayReceive)
            _loop.ReceiveMultishot(_receive, _life.Descriptor);
    }

    private void ReleaseExact()
    {
        if (_life.Exact is not null)
            _segments.Return(_life.Exact);
        _life.Exact = null;
    }

    private void DeliverKernelRecord(byte recordType, ReadOnlySpan<byte> content)
    {
        CountKernelReceived(content.Length);
        if (!IsOpen)
            return;
        if (recordType is 0 or (byte)ContentType.ApplicationData && !content.IsEmpty)
        {
            DeliverData(content);
            return;
        }

        OnControlRecord((ContentType)recordType, content);
    }
}
