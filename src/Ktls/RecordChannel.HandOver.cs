using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <content>How a connection's keys come to where its records are made.</content>
public sealed partial class RecordChannel
{
    /// <summary>Takes over a connected socket after its handshake, every byte of which has left. The owner may be called within.</summary>
    /// <param name="keys">Are taken by the channel.</param>
    /// <param name="leftover">Ciphertext that was received beyond the handshake.</param>
    public void StartTls(int descriptor, IRecordChannelOwner owner, SessionKeys keys, ReadOnlySpan<byte> leftover)
    {
        ArgumentNullException.ThrowIfNull(keys);
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
        }

        if (!leftover.IsEmpty)
            _receiver.Feed(leftover);
        if (_state == State.Open)
            BeginReceive();
    }

    private bool TryHandOverTransmit()
    {
        _reason = _options.Mode == KtlsMode.Off
            ? KtlsReason.Off
            : _options.Support?.ReasonAgainst(_keys!.Version, _keys.Suite.Aead()) ?? KtlsReason.None;
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
