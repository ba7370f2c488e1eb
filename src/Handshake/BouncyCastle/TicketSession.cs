using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A session of TLS 1.2 from a ticket. It echoes the client's session identifier, by which the client knows that it is resumed
/// (RFC 5077, section 3.4).</summary>
internal sealed class TicketSession(SessionTicket ticket, byte[] identifier, DelegatedCrypto crypto) : Tls.TlsSession
{
    public byte[] SessionID => identifier;

    public bool IsResumable => true;

    public Tls.SessionParameters ExportSessionParameters()
    {
        var extensions = new Dictionary<int, byte[]>();
        if (ticket.Fragment != 0)
            extensions[Tls.ExtensionType.max_fragment_length] = [ticket.Fragment];
        return new Tls.SessionParameters.Builder()
            .SetCipherSuite((int)ticket.Suite)
            .SetExtendedMasterSecret(ticket.IsExtendedMaster)
            .SetMasterSecret(crypto.CreateSecret(ticket.Secret))
            .SetNegotiatedVersion(Tls.ProtocolVersion.TLSv12)
            .SetServerExtensions(extensions)
            .Build();
    }

    public void Invalidate()
    {
        // The client keeps the session; there is nothing here to forget.
    }
}
