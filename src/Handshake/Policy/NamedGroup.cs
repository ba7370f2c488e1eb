namespace TlsProxy.Handshake.Policy;

/// <summary>Groups of the key exchange by their IANA numbers (RFC 9846, section 4.3.7; draft-ietf-tls-ecdhe-mlkem). Those over
/// Curve25519 are X25519 and X25519MLKEM768.</summary>
public enum NamedGroup : ushort
{
    Secp256r1 = 0x0017,
    Secp384r1 = 0x0018,
    Curve25519 = 0x001D,
    Curve25519MlKem768 = 0x11EC,
}
