namespace TlsProxy.Handshake.Keys;

/// <summary>The ciphers that protect records.</summary>
public enum Aead : byte
{
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
}
