namespace TlsProxy.Handshake;

/// <summary>What a server presents.</summary>
public sealed record TlsServerOptions
{
    /// <summary>PEM file: the server's certificate, then those that lead to its root.</summary>
    public required string CertificateChainPath { get; init; }

    /// <summary>PEM file: the private key of the first certificate, without a password.</summary>
    public required string PrivateKeyPath { get; init; }
}
