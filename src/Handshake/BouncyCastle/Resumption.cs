using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Finds the session that a client offers to resume, if the server still would agree on all of it.</summary>
internal static class Resumption
{
    // Each ticket offered costs a decryption; clients have one or two.
    private const int OffersMaximum = 8;

    /// <summary>The first ticket of TLS 1.3 that is good for what was chosen, with its identity (RFC 9846, section 4.3.11).</summary>
    public static (SessionTicket Ticket, byte[] Identity)? Find13(
        IList<Tls.PskIdentity> identities, HelloChoice choice, ServerSetup setup)
    {
        foreach (var offered in identities.Take(OffersMaximum))
        {
            if (TicketOffice.Open(offered.Identity, setup.TicketKeys) is not { } ticket)
                continue;
            if (IsGood(ticket, choice, setup) && ticket.Suite.Hash() == choice.Suite.Hash())
                return (ticket, offered.Identity);
            ticket.Forget();
        }

        return null;
    }

    /// <summary>The session of a ticket of TLS 1.2 (RFC 5077, section 3.4).</summary>
    public static SessionTicket? Find12(byte[]? offered, HelloChoice choice, ServerSetup setup)
    {
        if (offered is null or [] || TicketOffice.Open(offered, setup.TicketKeys) is not { } ticket)
            return null;
        if (IsGood(ticket, choice, setup) && choice.Hello.CipherSuites.Contains((int)ticket.Suite)
            && TlsPolicy.Suites.Contains(ticket.Suite))
            return ticket;
        ticket.Forget();
        return null;
    }

    private static bool IsGood(SessionTicket ticket, HelloChoice choice, ServerSetup setup) =>
        ticket.Version == choice.Version
        && ticket.Context.Span.SequenceEqual(choice.Presented.SessionContext.Span)
        && setup.Now - ticket.Made is var age && age < setup.TicketLifetime && age > -setup.TicketLifetime
        && (ticket.Client is null || setup.IsStillValid(ticket.Client));
}
