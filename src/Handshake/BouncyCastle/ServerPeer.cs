using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Answers what BouncyCastle asks a server during a handshake, by the choice that was made from the hello.</summary>
internal sealed class ServerPeer(ServerSetup setup, DelegatedCrypto crypto) : Tls.AbstractTlsServer(crypto)
{
    // What libssl takes, and what the fields of a hello can hold.
    private const int MessageMaximum = 131_396;

    private static readonly int[] s_suites = [.. TlsPolicy.Suites.Select(suite => (int)suite)];

    private readonly SessionKeys _keys = new();
    private readonly SessionKeeper _sessions = new(setup, crypto);
    private PeerCertificate? _client;
    private HelloChoice? _choice;
    private bool _offersPointFormats;

    /// <summary>The choice by the hello.</summary>
    public HelloChoice Choice => _choice ?? throw new InvalidOperationException("No hello has come.");

    /// <summary>The name that the client asked for; empty for none.</summary>
    public byte[] ServerName => _choice?.ServerName ?? [];

    /// <summary>Whether TLS 1.3 has been chosen.</summary>
    public bool IsTls13 => _choice?.Version == TlsVersion.Tls13;

    /// <summary>Whether a hello has come that early data may follow.</summary>
    public bool OffersEarlyData => _choice?.OffersEarlyData == true;

    /// <summary>Whether the handshake has ended well.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The application protocol agreed on, or null.</summary>
    public string? Protocol { get; private set; }

    /// <summary>Whether a session is resumed.</summary>
    public bool IsResumed => _sessions.Resumed is not null;

    /// <summary>The certificate of the client, now or in the session resumed; null for none.</summary>
    public PeerCertificate? Client => _client ?? _sessions.Resumed?.Client;

    /// <summary>The ticket for the client, in TLS 1.3 from the end on; null where it gets none.</summary>
    public byte[]? Ticket { get; private set; }

    /// <summary>TLS 1.2: the ticket behind the ServerHello of a resumption; null for none.</summary>
    public Tls.NewSessionTicket? RenewedTicket { get; private set; }

    /// <summary>The hash of the messages up to the client's Finished, in TLS 1.3.</summary>
    public byte[] FinishedTranscript { get; set; } = [];

    /// <summary>The record keys, from the end on.</summary>
    public SessionKeys Keys => _keys;

    /// <summary>What clients are asked for; null where they are asked for no certificate.</summary>
    public Tls.CertificateRequest? Request => setup.Judge?.Request(IsTls13);

    /// <summary>Takes a hello and chooses.</summary>
    public void Take(Tls.ClientHello hello) => _choice = HelloChoice.Make(hello, setup);

    /// <summary>What BouncyCastle is told of a hello.</summary>
    public Tls.ClientHello Shorten(Tls.ClientHello hello) => ShortenedHello.Of(hello, Choice, setup.Protocols);

    public override int GetMaxHandshakeMessageSize() => MessageMaximum;

    // libcrypto follows no longer chain (X509_VERIFY_PARAM_set_depth(3)).
    public override int GetMaxCertificateChainLength() => 100;

    public override Tls.ProtocolVersion GetServerVersion() =>
        IsTls13 ? Tls.ProtocolVersion.TLSv13 : Tls.ProtocolVersion.TLSv12;

    public override int[] GetSupportedGroups() => Choice.Group == default ? [] : [(int)Choice.Group];

    public override int GetSelectedCipherSuite()
    {
        // A full handshake: what was found to resume isn't resumed, for want of the extended master secret.
        if (!IsTls13)
            _sessions.Forget();
        if (Choice.Refusal is { } refusal && !IsResumed)
            throw refusal;
        m_selectedCipherSuite = (int)Choice.Suite;
        return m_selectedCipherSuite;
    }

    public override Tls.TlsPskExternal? GetExternalPsk(IList<Tls.PskIdentity> identities) => _sessions.Resume13(identities, Choice);

    public override Tls.TlsSession? GetSessionToResume(byte[] sessionID) => _sessions.Resume12(sessionID, Choice);

    // A session without the extended master secret may be resumed where neither side has it (RFC 7627, section 5.3).
    public override bool AllowLegacyResumption() => true;

    // A client that knows nothing of it can't renegotiate anyway (RFC 5746, section 3.6).
    public override void NotifySecureRenegotiation(bool secureRenegotiation)
    {
    }

    public override TlsECConfig GetECDHConfig() => new((int)Choice.Group);

    public override IDictionary<int, byte[]> GetServerExtensions()
    {
        var extensions = base.GetServerExtensions();
        // The formats that are read, for a client that has told its own (RFC 8422, section 5.2).
        if (_offersPointFormats)
            extensions[Tls.ExtensionType.ec_point_formats] = [1, (byte)Tls.ECPointFormat.uncompressed];
        if (!IsTls13 && m_clientExtensions?.ContainsKey(Tls.ExtensionType.session_ticket) == true)
            extensions[Tls.ExtensionType.session_ticket] = [];
        return extensions;
    }

    // A client that lists compressed formats alone reads the uncompressed one too, as each must.
    public override void ProcessClientExtensions(IDictionary<int, byte[]> clientExtensions)
    {
        var others = new Dictionary<int, byte[]>(clientExtensions);
        _offersPointFormats = others.Remove(Tls.ExtensionType.ec_point_formats) && !IsTls13;
        base.ProcessClientExtensions(others);
    }

    public override Tls.NewSessionTicket GetNewSessionTicket() =>
        _sessions.Make12(m_context.SecurityParameters, Choice, _client);

    public override Tls.CertificateRequest? GetCertificateRequest() => IsTls13 || setup.Judge is null ? Request : ClientJudge.ShortRequest;

    public override void NotifyClientCertificate(Tls.Certificate clientCertificate) =>
        _client = setup.Judge?.Judge(clientCertificate, IsTls13);

    public override void GetServerExtensionsForConnection(IDictionary<int, byte[]> serverExtensions)
    {
        base.GetServerExtensionsForConnection(serverExtensions);
        // The client's name was found here (RFC 6066, section 3).
        if (Choice.IsNameKnown && !m_context.SecurityParameters.IsResumedSession)
            serverExtensions[Tls.ExtensionType.server_name] = [];
        RenewedTicket = _sessions.Renew12();
        if (RenewedTicket is not null)
            serverExtensions[Tls.ExtensionType.session_ticket] = [];
    }

    public override Tls.TlsCredentials GetCredentials()
    {
        // A second hello may leave out the session that needed no signature.
        if (Choice.Signer is not var (certificate, scheme))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.handshake_failure, "no signature algorithm in common");
        return new CertificateSigner(certificate, scheme, CertificateMessage(certificate));
    }

    public override Tls.CertificateStatus? GetCertificateStatus() => Staple is { } staple
        ? new Tls.CertificateStatus(Tls.CertificateStatusType.ocsp, OcspResponse.GetInstance(staple.Response.ToArray()))
        : null;

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        if (IsTls13 && SessionKeeper.Wants13(Choice))
            Ticket = _sessions.Make13(m_context.SecurityParameters, Choice, Client, FinishedTranscript);
        KeyExport.Derive(m_context.SecurityParameters, _keys);
        IsComplete = true;
    }

    protected override Tls.ProtocolVersion[] GetSupportedVersions() => setup.Oldest == TlsVersion.Tls13
        ? Tls.ProtocolVersion.TLSv13.Only()
        : Tls.ProtocolVersion.TLSv13.DownTo(Tls.ProtocolVersion.TLSv12);

    protected override int[] GetSupportedCipherSuites() => s_suites;

    protected override bool AllowEncryptThenMac() => false;

    protected override bool AllowCertificateStatus() => Staple is not null;

    /// <summary>Chooses the application protocol; a client that offers only others gets no_application_protocol (RFC 7301, section
    /// 3.2).</summary>
    protected override Tls.ProtocolName SelectProtocolName()
    {
        var offered = m_clientExtensions[Tls.ExtensionType.application_layer_protocol_negotiation].AsSpan(sizeof(ushort));
        if (!setup.Protocols.TryChoose(offered, out var chosen))
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.no_application_protocol);
        var protocol = offered[chosen].ToArray();
        Protocol = setup.Protocols.NameOf(protocol);
        return Tls.ProtocolName.AsRawBytes(protocol);
    }

    /// <summary>Zeroes what is secret.</summary>
    public void Forget()
    {
        _sessions.Forget();
        _keys.Dispose();
    }

    private OcspStaple? Staple =>
        m_certificateStatusRequest is null ? null : Choice.Signer?.Certificate.StapleAt(setup.Now);

    /// <summary>The chain as a version sends it; in TLS 1.3 the OCSP response is an extension of the server's own (RFC 9846, section
    /// 4.5.1.1).</summary>
    private Tls.Certificate CertificateMessage(PresentedCertificate certificate)
    {
        var chain = certificate.Chain;
        if (!IsTls13)
            return new Tls.Certificate([.. chain]);
        var entries = new Tls.CertificateEntry[chain.Count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = new Tls.CertificateEntry(chain[i], i == 0 ? StapleExtension() : null);
        return new Tls.Certificate([], entries);
    }

    private Dictionary<int, byte[]>? StapleExtension()
    {
        if (Staple is not { } staple)
            return null;
        var length = staple.Response.Length;
        byte[] header = [(byte)Tls.CertificateStatusType.ocsp, (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        byte[] status = [.. header, .. staple.Response.Span];
        return new Dictionary<int, byte[]> { [Tls.ExtensionType.status_request] = status };
    }
}
