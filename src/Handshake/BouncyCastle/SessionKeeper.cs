using System.Security.Cryptography;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The sessions of one handshake: the one that is resumed, and the ticket for the next.</summary>
internal sealed class SessionKeeper(ServerSetup setup, DelegatedCrypto crypto)
{
    // A ticket goes back in a field of two bytes, among others of a hello.
    private const int ClientMaximum = 16_384;
    private const byte PskWithKeyAgreement = 1;

    /// <summary>The session that is resumed, or null.</summary>
    public SessionTicket? Resumed { get; private set; }

    public Tls.TlsPskExternal? Resume13(IList<Tls.PskIdentity> identities, HelloChoice choice)
    {
        // A second hello offers its sessions again.
        Forget();
        if (Resumption.Find13(identities, choice, setup) is not { } found)
            return null;
        Resumed = found.Ticket;
        return new TicketKey(found.Ticket, found.Identity, crypto);
    }

    public Tls.TlsSession? Resume12(byte[] identifier, HelloChoice choice)
    {
        var offered = new HelloExtensions(choice.Hello.Extensions).Find(Tls.ExtensionType.session_ticket);
        Resumed = Resumption.Find12(offered, choice, setup);
        return Resumed is { } ticket ? new TicketSession(ticket, identifier, crypto) : null;
    }

    /// <summary>The ticket of a resumed session of TLS 1.2 under the newest key; null where the one that came has it already. The session
    /// ends when it would have ended.</summary>
    public Tls.NewSessionTicket? Renew12() =>
        Resumed is { Version: TlsVersion.Tls12, HasOlderKey: true } && TicketOffice.Seal(Resumed, setup.TicketKeys) is { } renewed
            // Without a hint how long it lasts (RFC 5077, section 3.3).
            ? new Tls.NewSessionTicket(0, renewed)
            : null;

    /// <summary>Zeroes the secret of the session that was found; none is resumed.</summary>
    public void Forget()
    {
        Resumed?.Forget();
        Resumed = null;
    }

    /// <summary>Whether a ticket of TLS 1.3 is any good to the client (RFC 9846, section 4.3.9).</summary>
    public static bool Wants13(HelloChoice choice) =>
        new HelloExtensions(choice.Hello.Extensions).Find(Tls.ExtensionType.psk_key_exchange_modes) is { Length: > 0 } modes
        && modes.AsSpan(1).Contains(PskWithKeyAgreement);

    /// <summary>A ticket of TLS 1.2; empty where there can be none.</summary>
    public Tls.NewSessionTicket Make12(Tls.SecurityParameters parameters, HelloChoice choice, PeerCertificate? client)
    {
        var ticket = Seal(choice, client, parameters, ((DelegatedSecret)parameters.MasterSecret).Bytes.ToArray());
        return new Tls.NewSessionTicket(TicketMessage.Lifetime(setup.TicketLifetime), ticket ?? []);
    }

    /// <summary>A ticket of TLS 1.3, whose key is that of its nonce (RFC 9846, section 4.7.1); null where there can be none.</summary>
    /// <param name="transcript">The hash of all messages up to the client's Finished.</param>
    public byte[]? Make13(Tls.SecurityParameters parameters, HelloChoice choice, PeerCertificate? client, byte[] transcript)
    {
        var length = parameters.PrfHashLength;
        var master = parameters.MasterSecret.DeriveUsingPrf(parameters.PrfAlgorithm, "res master", transcript, length);
        var key = master.DeriveUsingPrf(parameters.PrfAlgorithm, "resumption", TicketMessage.Nonce.ToArray(), length);
        master.Destroy();
        var secret = ((DelegatedSecret)key).Bytes.ToArray();
        key.Destroy();
        return Seal(choice, client, parameters, secret);
    }

    private byte[]? Seal(HelloChoice choice, PeerCertificate? client, Tls.SecurityParameters parameters, byte[] secret)
    {
        var ticket = new SessionTicket
        {
            Version = choice.Version,
            Suite = (CipherSuite)parameters.CipherSuite,
            IsExtendedMaster = parameters.IsExtendedMasterSecret,
            Fragment = parameters.MaxFragmentLength is >= 1 and <= 4 and var code ? (byte)code : (byte)0,
            Made = setup.Now,
            Context = choice.Presented.SessionContext,
            Secret = secret,
            Client = client,
        };
        var made = client is { Der.Length: > ClientMaximum } ? null : TicketOffice.Seal(ticket, setup.TicketKeys);
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }
}
