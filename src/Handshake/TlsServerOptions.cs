using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake;

/// <summary>What a server presents and what it asks of its clients. All files are read anew by <see cref="TlsContext.Reload"/>.</summary>
public sealed record TlsServerOptions
{
    /// <summary>Certificates named one by one: for clients that name no server, or one that isn't known here.</summary>
    public IReadOnlyList<CertificateFiles> Certificates { get; init; } = [];

    /// <summary>A folder of certificates that are chosen by the name a client asks for (<see cref="CertificateFolder"/>), or
    /// null.</summary>
    public string? CertificateFolder { get; init; }

    public TlsProfile Profile { get; init; }

    /// <summary>What runs the handshakes.</summary>
    public TlsEngine Engine { get; init; }

    /// <summary>The application protocols that clients may choose from, the preferred first (ALPN, RFC 7301); a client that offers only
    /// others is refused.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = ["http/1.1", "http/1.0"];

    public ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>PEM file of the authorities that clients' certificates must lead to; needed unless clients aren't asked.</summary>
    public string? ClientAuthorityPath { get; init; }

    /// <summary>How long a ticket key makes tickets; for as long again it is accepted. A ticket is good for this time too, at most seven
    /// days.</summary>
    public TimeSpan TicketKeyLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>File of ticket keys that several servers share (<see cref="Tickets.TicketKeyFile"/>), or null for keys of our
    /// own.</summary>
    public string? TicketKeyPath { get; init; }
}
