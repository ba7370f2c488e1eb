using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Interop;

/// <summary>libcrypto's ciphers, fetched once (EVP_CIPHER_fetch(3)): by their old names each use would look them up again.</summary>
internal static unsafe class Ciphers
{
    private static readonly nint s_aes128Gcm = Fetch("AES-128-GCM");
    private static readonly nint s_aes256Gcm = Fetch("AES-256-GCM");
    private static readonly nint s_chaCha20Poly1305 = Fetch("ChaCha20-Poly1305");

    /// <summary>Of session tickets.</summary>
    internal static nint Aes256Cbc { get; } = Fetch("AES-256-CBC");

    internal static nint Of(Aead aead) => aead switch
    {
        Aead.Aes128Gcm => s_aes128Gcm,
        Aead.Aes256Gcm => s_aes256Gcm,
        _ => s_chaCha20Poly1305,
    };

    private static nint Fetch(string name)
    {
        OpenSslLoader.EnsureLoaded();
        var cipher = LibCrypto.EVP_CIPHER_fetch(0, name, null);
        LibCrypto.ERR_clear_error();
        return cipher;
    }
}
