using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Key updates of TLS 1.3 (RFC 9846, section 4.7.3): follows those of the peer, answers its requests, and requests one where the
/// peer's keys are near their limit. Keys in the kernel are never changed: there a request ends the connection.</summary>
internal sealed class KeyUpdates(ChannelContext context, ChannelSender sender, TlsReceiver receiver)
{
    private KeyRenewal _renewal;

    /// <summary>Whether a KeyUpdate is to be sent, which the kernel's keys don't allow.</summary>
    public bool IsDue => _renewal.IsDue && !sender.KernelTransmits;

    /// <summary>The peer's next record has new keys.</summary>
    /// <returns>Whether further records can be opened.</returns>
    public bool TryFollowPeer()
    {
        context.Counters.Records.CountKeyUpdate();
        _renewal.OnPeerUpdated();
        if (!context.Life.KernelReceives)
        {
            receiver.UpdateKeys();
            return true;
        }

        // Nothing behind it can be opened, so what came last isn't the end. What came before it is answered.
        context.Counters.CountRekeyRefused();
        context.Life.IsEnding = true;
        context.Life.IsReceiveBroken = true;
        context.Life.IsTruncated = true;
        context.Life.Owner!.OnReceiveEnded();
        return false;
    }

    /// <summary>The peer requests new keys of us.</summary>
    /// <returns>Whether it is to get them.</returns>
    public bool TryOwe()
    {
        if (!sender.KernelTransmits)
        {
            _renewal.Owe();
            return true;
        }

        // It stays owed: a kernel below 6.14 refuses a second key, and none is asked.
        if (!_renewal.IsDue)
        {
            context.Counters.CountRekeyRefused();
            _renewal.Owe();
            context.Life.IsEnding = true;
            context.Life.Owner!.OnEnding();
        }

        return false;
    }

    /// <summary>The peer's keys near their limit: it is asked for others, or the connection ends after the next response.</summary>
    /// <returns>Whether a request is due that wasn't before.</returns>
    public bool TryAskPeer()
    {
        if (!sender.KernelTransmits && context.Life.Keys!.Version == TlsVersion.Tls13)
            return _renewal.TryAsk();
        context.Life.IsEnding = true;
        return false;
    }

    /// <summary>Sends what is due, and goes to the next keys.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TrySend()
    {
        if (!sender.TrySendControl(ContentType.Handshake, [(byte)HandshakeType.KeyUpdate, 0, 0, 1, _renewal.Take()]))
            return false;
        // It is sealed already; whatever comes next, be it an alert, has the new keys.
        sender.UpdateKeys();
        return true;
    }

    public void EndLife() => _renewal = default;
}
