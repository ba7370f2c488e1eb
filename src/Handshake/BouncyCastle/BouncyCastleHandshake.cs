using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using TlsProxy.Handshake.Records;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Handshakes of BouncyCastle, each with objects of its own: a protocol object serves once.</summary>
internal sealed class BouncyCastleHandshake : IEngineHandshake
{
    private readonly GrowingBuffer _output = new();
    private byte[] _serverName = [];
    private ServerSetup? _setup;
    private DelegatedCrypto? _crypto;
    private ServerPeer? _peer;
    private ServerProtocol? _protocol;
    private EarlyDataFilter? _earlyData;

    public int PendingOutput => _output.Length;

    public ReadOnlySpan<byte> ServerName => _serverName;

    private ServerPeer Peer => _peer ?? throw new InvalidOperationException("No handshake is under way.");

    public bool TryStart(in HandshakeStart start)
    {
        _setup = (ServerSetup)start.Setup;
        _crypto = new DelegatedCrypto();
        _peer = new ServerPeer(_setup, _crypto);
        _protocol = new ServerProtocol(_peer, _crypto);
        _protocol.Accept(_peer);
        return true;
    }

    public HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure)
    {
        failure = string.Empty;
        var protocol = _protocol!;
        if (_earlyData is { } early && early.Drops(record, protocol.HandshakeKeys, Peer.Choice.Suite.Aead()))
            return HandshakeStatus.NeedMore;
        if (record[0] == RecordTally.HandshakeType && !_crypto!.Bytes.IsProtected)
            _crypto.Bytes.Bring(record.Length - RecordLayout.HeaderLength);
        failure = Offer(protocol, record);
        TakeOutput(protocol);
        _serverName = Peer.ServerName;
        if (failure.Length == 0)
            return Continue();
        // BouncyCastle sends nothing before it has read a hello.
        if (protocol is { Alert: { } alert, IsAlertSent: false })
            _output.Append([RecordTally.AlertType, 3, 3, 0, 2, (byte)Tls.AlertLevel.fatal, alert]);
        return HandshakeStatus.Failed;
    }

    public void ReadOutput(Span<byte> destination)
    {
        _output.Span.CopyTo(destination);
        _output.Clear();
    }

    public HandshakeFacts ReadFacts()
    {
        var choice = Peer.Choice;
        return new HandshakeFacts
        {
            Version = choice.Version,
            Suite = Peer.Keys.Suite,
            // A resumption of TLS 1.2 agrees on no key.
            Group = Peer.IsResumed && choice.Version == TlsVersion.Tls12 ? null : NameOf(choice.Group),
            Resumed = Peer.IsResumed,
            PeerCertificate = Peer.Client,
            // A client that presents an invalid certificate ends the handshake.
            Verification = Peer.Client is null ? PeerVerification.NoCertificate : PeerVerification.Verified,
            Protocol = Peer.Protocol,
            HasServerName = _serverName.Length > 0,
            Names = _setup!.IsByName ? choice.Presented.Names : null,
        };
    }

    public bool TryExportKeys(SessionKeys keys, in RecordPositions positions)
    {
        keys.TakeFrom(Peer.Keys);
        keys.Transmit.Sequence = positions.Sent;
        keys.Receive.Sequence = positions.Received;
        if (keys.Version == TlsVersion.Tls12 && keys.Suite.Aead() != Aead.ChaCha20Poly1305)
        {
            keys.Transmit.ExplicitNonce = positions.TransmitNonce;
            keys.Receive.ExplicitNonce = positions.Received;
        }

        return true;
    }

    public void End()
    {
        _protocol?.Abandon();
        _crypto?.Dispose();
        _peer?.Forget();
        _earlyData = null;
        _crypto = null;
        _protocol = null;
        _peer = null;
        _setup = null;
    }

    public void Clear()
    {
        _serverName = [];
        _output.Clear();
    }

    public void Dispose()
    {
        End();
        Clear();
    }

    private static string Reason(IOException exception) => exception switch
    {
        Tls.TlsFatalAlertReceived received => $"alert {Tls.AlertDescription.GetName(received.AlertDescription)}",
        _ => exception.InnerException is { } cause && exception.Message.Length == 0 ? cause.Message : exception.Message,
    };

    /// <returns>Why the handshake has failed, or nothing.</returns>
    private string Offer(ServerProtocol protocol, ReadOnlySpan<byte> record)
    {
        if (RecordRules.Judge(record, Peer.IsTls13, _crypto!.Bytes.IsProtected) is { } alert)
        {
            protocol.Refuse(alert);
            return Tls.AlertDescription.GetName(alert);
        }

        try
        {
            protocol.OfferInput(record.ToArray());
            return string.Empty;
        }
        catch (IOException exception)
        {
            return Reason(exception);
        }
    }

    private static string NameOf(NamedGroup group) => group switch
    {
        NamedGroup.Curve25519MlKem768 => "X25519MLKEM768",
        NamedGroup.Curve25519 => "x25519",
        NamedGroup.Secp256r1 => "secp256r1",
        NamedGroup.Secp384r1 => "secp384r1",
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "The policy has no such group."),
    };

    private HandshakeStatus Continue()
    {
        if (!Peer.IsComplete)
        {
            if (Peer.OffersEarlyData)
                _earlyData ??= new EarlyDataFilter(isRetry: _protocol!.HandshakeKeys is null);
            return HandshakeStatus.NeedMore;
        }

        if (Peer.Ticket is { } ticket)
            TicketMessage.Write(ticket, _setup!.TicketLifetime, Peer.Keys, _output);
        return HandshakeStatus.Done;
    }

    private void TakeOutput(ServerProtocol protocol)
    {
        var count = protocol.GetAvailableOutputBytes();
        if (count == 0)
            return;
        var bytes = new byte[count];
        protocol.ReadOutput(bytes, 0, count);
        _output.Append(bytes);
    }
}
