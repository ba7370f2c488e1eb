using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Engines;

/// <summary>What clients offer, and how they judge servers.</summary>
/// <param name="Protocols">Offered by ALPN.</param>
/// <param name="Authorities">PEM: the certificates that a server's chain must lead to.</param>
/// <param name="MustVerify">Whether a handshake fails with a server whose certificate fails.</param>
internal sealed record ClientTerms(ApplicationProtocols Protocols, ReadOnlyMemory<byte> Authorities, bool MustVerify = true);
