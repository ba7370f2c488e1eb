using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.Engines;

/// <summary>What servers present and ask for, as their files have it at one moment.</summary>
/// <param name="Groups">The first is for clients that name no server, or one that isn't known.</param>
/// <param name="Authorities">Those of the clients' certificates; null where clients aren't asked for any.</param>
/// <param name="Time">What expires is judged by it.</param>
internal sealed record ServerTerms(
    TlsServerOptions Options, IReadOnlyList<CertificateGroup> Groups, ClientAuthorities? Authorities, TicketKeyRing TicketKeys,
    TimeProvider Time);
