namespace TlsProxy.Handshake.Keys;

/// <summary>The suites offered, by their IANA numbers: all with forward secrecy and an AEAD.</summary>
public enum CipherSuite : ushort
{
    Aes128GcmSha256 = 0x1301,
    Aes256GcmSha384 = 0x1302,
    ChaCha20Poly1305Sha256 = 0x1303,
    EcdheEcdsaAes128Gcm = 0xC02B,
    EcdheEcdsaAes256Gcm = 0xC02C,
    EcdheRsaAes128Gcm = 0xC02F,
    EcdheRsaAes256Gcm = 0xC030,
    EcdheRsaChaCha20 = 0xCCA8,
    EcdheEcdsaChaCha20 = 0xCCA9,
}
