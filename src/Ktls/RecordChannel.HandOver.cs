using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <content>How a connection's keys come to where its records are made.</content>
public sealed partial class RecordChannel
{
    // A client that says nothing has its ticket soon nevertheless; who asks has it with the answer.
    private static readonly TimeSpan HeldTime = TimeSpan.FromMilliseconds(10);

    /// <summary>Takes over a connected socket after its handshake. The owner may be called within.</summary>
    /// <param name="keys">Are taken by the channel.</param>
    /// <param name="leftover">Ciphertext that was received beyond the handshake.</param>
    /// <param name="unsent">Records that the keys' sequence number counts already and that haven't left: they do in the segment of the
    /// first record of the channel, or soon by themselves. Only where <see cref="ChannelOptions.ReasonAgainst"/> tells that the kernel
    /// isn't asked.</param>
    public void StartTls(
        int descriptor, IRecordChannelOwner owner, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> unsent = default)
    {
        // First: from here on the descriptor is closed, whatever is wrong.
        Begin(descriptor, owner);
        ArgumentNullException.ThrowIfNull(keys);
        if (!unsent.IsEmpty && _options.ReasonAgainst(keys) == KtlsReason.None)
            throw new ArgumentException("The kernel may take the keys: every record before must have left.", nameof(unsent));
        _session ??= new SessionKeys();
        _session.TakeFrom(keys);
        keys = _life.Keys = _session;
        _life.State = ChannelState.Open;
        _life.KeyLimit = new KeyLimit(keys.Suite.Aead(), _options.KeyRecordsMaximum);
        _receiver.Start(new RecordOpener(keys.Version, keys.Suite, keys.Receive, keys.Requirements, _life.KeyLimit));
        if (!TryHandOverTransmit())
        {
            if (_options.RequireKtls && _life.Reason is not (KtlsReason.PeerEnded or KtlsReason.FragmentLength))
            {
                Fail(ChannelFailure.HandOverRefused, _life.Refusal);
                return;
            }

            _sealed.Start(new RecordSealer(keys.Version, keys.Suite, keys.Transmit, keys.Requirements), _life.KeyLimit);
            _life.Transmitter = _sealed;
            _send.CopyOnThisSocket();
            if (!unsent.IsEmpty && !TryHold(unsent))
                return;
        }

        if (!leftover.IsEmpty)
            Feed(leftover);
        if (_life.State == ChannelState.Open)
            BeginReceive();
    }

    private bool TryHandOverTransmit()
    {
        _life.Reason = _options.ReasonAgainst(_life.Keys!);
        if (_life.Reason == KtlsReason.None)
        {
            _life.Refusal = KtlsSocket.Attach(_loop.Sockets, _life.Descriptor);
            if (_life.Refusal == Errno.None)
                _life.Refusal = KtlsSocket.SetTransmit(_loop.Sockets, _life.Descriptor, _life.Keys!);
            if (_life.Refusal == Errno.None)
            {
                _counters.CountTransmit();
                _life.Transmitter = _socket;
                _socket.StartKernel(_life.KeyLimit, _life.Keys!.Transmit.Sequence);
                // The kernel has its own copy.
                _life.Keys!.Transmit.Dispose();
                return true;
            }

            // A socket that isn't established is refused so (net/tls of the kernel): that is the peer's doing, who may wait for an answer
            // still.
            _life.Reason = _life.Refusal == Errno.ENOTCONN ? KtlsReason.PeerEnded : KtlsReason.Refused;
            if (_life.Reason == KtlsReason.Refused)
                CountRefusal(_life.Refusal);
        }

        _counters.CountUserSpace(_life.Reason);
        return false;
    }

    private bool TryHold(ReadOnlySpan<byte> unsent)
    {
        if (!_sealed.TryHold(unsent))
        {
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return false;
        }

        _loop.Arm(_deadline, HeldTime);
        return true;
    }

    /// <summary>Nothing has been sent so far that the held records could have left with.</summary>
    private void SendHeld()
    {
        if (!_sealed.HoldsRecords)
            return;
        _life.SendsControl = true;
        _sealed.SendHeld(_life.Descriptor);
    }

    private void CountRefusal(Errno error)
    {
        if (_counters.CountRefusal(error))
            _options.OnFirstRefusal?.Invoke(error);
    }

    /// <summary>Arms the receive; before that the kernel takes over, once no record is cut.</summary>
    private void BeginReceive()
    {
        if (_options.Mode == KtlsMode.Both && KernelTransmits && !_life.PeerEnded)
        {
            if (_receiver.MissingBytes is var missing and > 0)
            {
                ReceiveExact(missing);
                return;
            }

            var error = KtlsSocket.SetReceive(_loop.Sockets, _life.Descriptor, _life.Keys!);
            _life.KernelReceives = error == Errno.None;
            if (_life.KernelReceives)
            {
                _counters.CountReceive();
                _life.KernelReceived = _life.Keys!.Receive.Sequence;
                _receiver.Release();
                _life.Keys!.Receive.Dispose();
            }
            else
            {
                _counters.CountPartial();
                CountRefusal(error);
            }
        }

        _life.State = ChannelState.Open;
        if (MayReceive)
            _loop.ReceiveMultishot(_receive, _life.Descriptor);
    }

    private void ReceiveExact(int length)
    {
        _life.Exact ??= _segments.TryRent(RecordFormat.RecordMaximum);
        if (_life.Exact is null)
        {
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return;
        }

        _life.State = ChannelState.Completing;
        _loop.ReceiveInto(_receive, _life.Descriptor, _life.Exact.Memory.Slice(0, length));
    }
}
