using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Engines;

/// <summary>What a handshake that has ended well agreed on, in either role. The keys are apart from it
/// (<see cref="SessionKeys"/>).</summary>
public readonly record struct HandshakeFacts
{
    public TlsVersion Version { get; init; }

    public CipherSuite Suite { get; init; }

    /// <summary>The group of the key exchange as the IANA registry names it, or null where there was none.</summary>
    public string? Group { get; init; }

    /// <summary>Whether an earlier session was resumed.</summary>
    public bool Resumed { get; init; }

    /// <summary>The application protocol agreed on (ALPN), or null.</summary>
    public string? Protocol { get; init; }

    /// <summary>Whether the client named a server (SNI).</summary>
    public bool HasServerName { get; init; }

    /// <summary>A server's: the names that the certificates are for which were chosen by the client's; null where certificates aren't
    /// chosen by name.</summary>
    public CertificateNames? Names { get; init; }

    /// <summary>The peer's certificate, now or in the session resumed; null when it has presented none.</summary>
    public PeerCertificate? PeerCertificate { get; init; }

    public PeerVerification Verification { get; init; }
}
