using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake;

/// <summary>What clients offer to servers, and whom they trust. All files are read anew by <see cref="TlsClientContext.Reload"/>. There is
/// no way to leave a server's certificate unverified.</summary>
public sealed record TlsClientOptions
{
    public TlsProfile Profile { get; init; }

    /// <summary>The application protocols that a server may choose from, the preferred first (ALPN, RFC 7301).</summary>
    public IReadOnlyList<string> Protocols { get; init; } = ["http/1.1"];

    /// <summary>PEM file of the authorities that servers' certificates must lead to. Null for those of the system: SSL_CERT_FILE,
    /// SSL_CERT_DIR, or OpenSSL's own places.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>The certificate for servers that ask for one, or null.</summary>
    public CertificateFiles? Certificate { get; init; }
}
