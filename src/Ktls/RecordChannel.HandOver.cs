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
    /// <param name="unsent">Records that the keys' sequence number counts already and that haven't left: they do in the segment of the first record
    /// of the channel, or soon by themselves. Only where <see cref="ChannelOptions.ReasonAgainst"/> tells that the kernel isn't asked.</param>
    public void StartTls(
        int descriptor, IRecordChannelOwner owner, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> unsent = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!unsent.IsEmpty && _options.ReasonAgainst(keys.Version, keys.Suite) == KtlsReason.None)
            throw new ArgumentException("The kernel may take the keys: every record before must have left.", nameof(unsent));
        Reset(descriptor, owner);
        _session ??= new SessionKeys();
        _session.TakeFrom(keys);
        keys = _keys = _session;
        _state = State.Open;
        _receiver.Start(new RecordOpener(keys.Version, keys.Suite, keys.Receive));
        if (!TryHandOverTransmit())
        {
            if (_options.RequireKtls && _reason != KtlsReason.PeerEnded)
            {
                Fail(ChannelFailure.HandOverRefused, _refusal);
                return;
            }

            _sealed.Start(new RecordSealer(keys.Version, keys.Suite, keys.Transmit));
            _transmitter = _sealed;
            if (!unsent.IsEmpty && !TryHold(unsent))
                return;
        }

        if (!leftover.IsEmpty)
            _receiver.Feed(leftover);
        if (_state == State.Open)
            BeginReceive();
    }

    private bool TryHandOverTransmit()
    {
        _reason = _options.ReasonAgainst(_keys!.Version, _keys.Suite);
        if (_reason == KtlsReason.None)
        {
            _refusal = KtlsSocket.Attach(_loop.Sockets, _descriptor);
            if (_refusal == Errno.None)
                _refusal = KtlsSocket.SetTransmit(_loop.Sockets, _descriptor, _keys!);
            if (_refusal == Errno.None)
            {
                _counters.CountTransmit();
                _transmitter = _socket;
                // The kernel has its own copy.
                _keys!.Transmit.Dispose();
                return true;
            }

            // A socket that isn't established is refused so (net/tls of the kernel): that is the peer's doing, who may wait for an answer still.
            _reason = _refusal == Errno.ENOTCONN ? KtlsReason.PeerEnded : KtlsReason.Refused;
            if (_reason == KtlsReason.Refused)
                CountRefusal(_refusal);
        }

        _counters.CountUserSpace(_reason);
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
        _sendsControl = true;
        _sealed.SendHeld(_descriptor);
    }

    private void CountRefusal(Errno error)
    {
        if (_counters.CountRefusal(error))
            _options.OnFirstRefusal?.Invoke(error);
    }

    /// <summary>Arms the receive; before that the kernel takes over, once no record is cut.</summary>
    private void BeginReceive()
    {
        if (_options.Mode == KtlsMode.Both && KernelTransmits && !_peerEnded)
        {
            if (_receiver.MissingBytes is var missing and > 0)
            {
                ReceiveExact(missing);
                return;
            }

            var error = KtlsSocket.SetReceive(_loop.Sockets, _descriptor, _keys!);
            _kernelReceives = error == Errno.None;
            if (_kernelReceives)
            {
                _counters.CountReceive();
                _receiver.Release();
                _keys!.Receive.Dispose();
            }
            else
            {
                _counters.CountPartial();
                CountRefusal(error);
            }
        }

        _state = State.Open;
        if (!_paused && !_peerEnded)
            _loop.ReceiveMultishot(_receive, _descriptor);
    }

    private void ReceiveExact(int length)
    {
        _exact ??= _segments.TryRent(RecordFormat.RecordMaximum);
        if (_exact is null)
        {
            Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
            return;
        }

        _state = State.Completing;
        _loop.ReceiveInto(_receive, _descriptor, _exact.Memory.Slice(0, length));
    }
}
