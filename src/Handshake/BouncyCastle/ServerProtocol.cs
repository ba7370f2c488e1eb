using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The server's protocol of BouncyCastle, with what it leaves open closed.</summary>
internal sealed class ServerProtocol(ServerPeer peer, DelegatedCrypto crypto) : Tls.TlsServerProtocol
{
    private Tls.ClientHello? _first;

    /// <summary>The alert that has ended the handshake; null where none has.</summary>
    public byte? Alert { get; private set; }

    /// <summary>Whether the alert has left among the output.</summary>
    public bool IsAlertSent { get; private set; }

    /// <summary>The keys of the client's records of the handshake, where it has offered early data; null before they are known.</summary>
    public TrafficKeys? HandshakeKeys { get; private set; }

    /// <summary>Ends the handshake with an alert under the keys in force.</summary>
    public void Refuse(short alert) => HandleException(alert, string.Empty, null!);

    /// <summary>Zeroes the secrets of a handshake that won't go on.</summary>
    public void Abandon()
    {
        CleanupHandshake();
        HandshakeKeys?.Dispose();
    }

    protected override void HandleHandshakeMessage(short type, Tls.HandshakeMessageInput buf)
    {
        if (peer.IsComplete)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.unexpected_message, "a message behind the end");
        crypto.Bytes.Take(buf.Length);
        base.HandleHandshakeMessage(type, buf);
    }

    // A client that closes needs no alert.
    protected override void HandleAlertWarningMessage(short alertDescription)
    {
        if (alertDescription != Tls.AlertDescription.close_notify)
        {
            base.HandleAlertWarningMessage(alertDescription);
            return;
        }

        HandleFailure();
        throw new Tls.TlsFatalAlertReceived(alertDescription);
    }

    // TLS 1.2; in TLS 1.3 it is dropped.
    protected override void HandleChangeCipherSpecMessage() => crypto.Bytes.IsProtected = true;

    protected override void CompleteHandshake()
    {
        CheckBoundary();
        base.CompleteHandshake();
    }

    protected override Tls.ClientHello ReceiveClientHelloMessage(MemoryStream buf)
    {
        var hello = Hellos.Read(buf, base.ReceiveClientHelloMessage, out var isUncompressed);
        if (_first is null)
            peer.Take(hello);
        else
            Hellos.CheckSecond(_first, hello);
        _first ??= hello;
        if (peer.Choice.Version == TlsVersion.Tls13 && !isUncompressed)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, "TLS 1.3 has no compression");
        if (peer.Choice.Version == TlsVersion.Tls13)
            CheckBoundary();
        return peer.Shorten(hello);
    }

    protected override void SendServerHelloMessage(Tls.ServerHello serverHello)
    {
        base.SendServerHelloMessage(serverHello);
        if (peer.RenewedTicket is { } ticket)
            SendNewSessionTicketMessage(ticket);
    }

    protected override void Send13ServerHelloCoda(Tls.ServerHello serverHello, bool afterHelloRetryRequest)
    {
        crypto.Bytes.IsProtected = true;
        base.Send13ServerHelloCoda(serverHello, afterHelloRetryRequest);
        if (!peer.Choice.OffersEarlyData)
            return;
        var secret = (DelegatedSecret)Context.SecurityParameters.BaseKeyClient;
        HandshakeKeys = TrafficKeys.FromSecret(peer.Choice.Suite, secret.Bytes);
    }

    protected override void Receive13ClientFinished(MemoryStream buf)
    {
        base.Receive13ClientFinished(buf);
        var transcript = crypto.Transcript!.Fork();
        transcript.Update(buf.ToArray());
        peer.FinishedTranscript = transcript.CalculateHash();
    }

    /// <summary>Without a cookie: the server keeps its state.</summary>
    protected override Tls.ServerHello Generate13HelloRetryRequest(Tls.ClientHello clientHello)
    {
        m_retryCookie = null;
        return base.Generate13HelloRetryRequest(clientHello);
    }

    // tls-server-end-point isn't asked for: nothing is hashed for it.
    protected override void SendCertificateMessage(Tls.Certificate certificate, Stream endPointHash) =>
        base.SendCertificateMessage(certificate, null!);

    // The engine itself has been told of fewer signature algorithms.
    protected override void SendCertificateRequestMessage(Tls.CertificateRequest certificateRequest) =>
        base.SendCertificateRequestMessage(peer.Request!);

    /// <summary>TLS 1.2: the client signs all messages so far (RFC 5246, section 7.4.8).</summary>
    protected override void ReceiveCertificateVerifyMessage(MemoryStream buf)
    {
        var scheme = (SignatureScheme)Tls.TlsUtilities.ReadUint16(buf);
        var signature = Tls.TlsUtilities.ReadOpaque16(buf);
        if (buf.Position < buf.Length)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.decode_error);
        var certificate = (ClientCertificate)Context.SecurityParameters.PeerCertificate.GetCertificateAt(0);
        certificate.Check(scheme, TlsVersion.Tls12, signature, crypto.Transcript!.Input);
    }

    private void CheckBoundary()
    {
        if (crypto.Bytes.IsRest)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.unexpected_message, "a record holds more than its keys protect");
    }

    protected override void RaiseAlertFatal(short alertDescription, string message, Exception cause)
    {
        var alert = AlertChoice.Of(alertDescription, message, cause);
        var before = GetAvailableOutputBytes();
        base.RaiseAlertFatal(alert, message, cause);
        Alert = (byte)alert;
        IsAlertSent = GetAvailableOutputBytes() > before;
    }
}
