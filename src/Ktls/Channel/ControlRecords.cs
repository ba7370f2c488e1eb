using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>Acts on the peer's records that aren't application data, within their credit: alerts, key updates, renegotiation and,
/// of a server, tickets. The replies leave between the owner's sends.</summary>
internal sealed class ControlRecords(ChannelContext context, ChannelSender sender, ChannelClose close, TlsReceiver receiver)
{
    private readonly PostHandshake _postHandshake = new();
    private readonly TicketReader _tickets = new();
    private readonly KeyUpdates _keyUpdates = new(context, sender, receiver);
    private ControlLife _life;

    // RFC 5246, section 7.2.2.
    private static ReadOnlySpan<byte> NoRenegotiation => [(byte)AlertLevel.Warning, 100];

    /// <summary>Whether a message has begun; no data may come before its end.</summary>
    public bool IsCut => _postHandshake.IsCut || _tickets.IsCut;

    /// <summary>A record of data came, which earns credit.</summary>
    public void OnData() => _life.Credit.OnData();

    /// <returns>Whether further records are wanted.</returns>
    public bool OnRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        var keys = context.Life.Keys!;
        var isTls13 = keys.Version == TlsVersion.Tls13;
        if (!_life.Credit.TryTake(context.Loop.Now, sender.SentBytes) || (_tickets.IsCut && type == ContentType.ApplicationData))
        {
            close.FailWithAlert(TlsAlert.UnexpectedMessage);
            return false;
        }

        // Tickets may stand in front of a key update, which ends its record.
        var hasTickets = isTls13 && keys.Role == HandshakeRole.Client && type == ContentType.Handshake && !_postHandshake.IsCut;
        if (hasTickets && TakeTickets(ref content))
            return context.IsOpen;
        return Act(_postHandshake.Read(type, content, isTls13, keys.Role));
    }

    /// <summary>Changes our keys at the peer's wish, asks it to change its own, or rejects renegotiation in TLS 1.2. Nothing is under way.
    /// </summary>
    public void SendOwed()
    {
        var updates = _keyUpdates.IsDue;
        if ((!updates && !_life.OwesRefusal) || sender.HasNotified)
            return;
        if (!sender.HasKeyRoom)
        {
            close.ExhaustKeys();
            return;
        }

        _life.OwesRefusal = false;
        if (!(updates ? _keyUpdates.TrySend() : sender.TrySendControl(ContentType.Alert, NoRenegotiation)))
            close.Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
    }

    /// <summary>The peer's keys have protected so much that they are to be changed.</summary>
    public void RenewReceiveKeys()
    {
        if (context.IsOpen && _keyUpdates.TryAskPeer())
            SendOwedIfIdle();
    }

    public void EndLife()
    {
        _postHandshake.Reset();
        _tickets.Reset();
        _keyUpdates.EndLife();
        _life = default;
    }

    /// <summary>Gives the owner the tickets that content begins with.</summary>
    /// <returns>Whether there was one, and nothing follows it.</returns>
    private bool TakeTickets(ref ReadOnlySpan<byte> content)
    {
        var found = false;
        while (context.IsOpen && _tickets.TryTake(ref content, out var message))
        {
            found = true;
            if (!message.IsEmpty && context.Life.Owner is ITicketOwner owner)
                owner.OnTicket(message);
        }

        return found && (content.IsEmpty || !context.IsOpen);
    }

    /// <returns>Whether further records are wanted.</returns>
    private bool Act(PostHandshakeStep step)
    {
        switch (step)
        {
            case PostHandshakeStep.None:
                return true;
            case PostHandshakeStep.Ended:
                close.EndReceive(isOrderly: true);
                return false;
            case PostHandshakeStep.Renegotiate:
                context.Counters.Records.CountRenegotiationRefused();
                _life.OwesRefusal = true;
                SendOwedIfIdle();
                return context.IsOpen;
            case PostHandshakeStep.UpdateReceive:
                return _keyUpdates.TryFollowPeer();
            case PostHandshakeStep.UpdateBoth:
                if (!_keyUpdates.TryFollowPeer())
                    return false;
                if (_keyUpdates.TryOwe())
                    SendOwedIfIdle();
                return context.IsOpen;
            case PostHandshakeStep.Fatal:
                context.Counters.Records.CountAlertReceived();
                close.Fail(ChannelFailure.PeerAlert, Errno.ECONNRESET);
                return false;
            default:
                close.FailWithAlert(AlertAgainst(step));
                return false;
        }
    }

    private static TlsAlert AlertAgainst(PostHandshakeStep step) => step switch
    {
        PostHandshakeStep.Malformed => TlsAlert.DecodeError,
        PostHandshakeStep.Illegal => TlsAlert.IllegalParameter,
        _ => TlsAlert.UnexpectedMessage,
    };

    private void SendOwedIfIdle()
    {
        if (sender.IsIdle)
            SendOwed();
    }
}
