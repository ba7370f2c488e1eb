namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>What a key is for, by libcrypto's numbers (evp.h).</summary>
internal enum KeyAlgorithm
{
    Rsa = 6,
    Ec = 408,
    RsaPss = 912,
    Ed25519 = 1087,
    Ed448 = 1088,
}
