namespace TlsProxy.Testing.Tls;

/// <summary>What a client offers: one version and one suite.</summary>
public enum ClientSuite
{
    Tls13Aes128,
    Tls13Aes256,
    Tls13ChaCha20,
    Tls12Aes128,
    Tls12Aes256,
    Tls12ChaCha20,
}
