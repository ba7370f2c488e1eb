using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.Engines;

/// <summary>What clients offer, and how they judge servers. A handshake fails with a server whose certificate fails; no term changes
/// that.</summary>
/// <param name="Profile">The versions that are offered.</param>
/// <param name="Protocols">Offered by ALPN; a server may choose one of them, or none.</param>
/// <param name="Authorities">Those that a server's chain must lead to; null for the system's.</param>
/// <param name="Certificate">Presented to servers that ask for one; null for none. The setup keeps what it needs of it.</param>
internal sealed record ClientTerms(
    TlsProfile Profile, ApplicationProtocols Protocols, ServerAuthorities? Authorities, CertificateHandle? Certificate = null);
