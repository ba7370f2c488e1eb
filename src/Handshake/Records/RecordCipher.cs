using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Records;

/// <summary>
/// The AEAD of one direction of a connection, over one kept context of libcrypto: the key is set once, a record sets its nonce only.
/// Nothing is allocated for a record. It belongs to one thread at a time.
/// </summary>
public sealed class RecordCipher : IDisposable
{
    /// <summary>Bytes that sealing adds.</summary>
    public const int TagLength = RecordLayout.TagLength;

    private readonly CipherContext _context;

    private RecordCipher(CipherContext context) => _context = context;

    /// <summary>For the records sent.</summary>
    /// <param name="key">Of the length the AEAD has: 16 or 32 bytes.</param>
    public static RecordCipher CreateSealer(Aead aead, ReadOnlySpan<byte> key) => new(CipherContext.Create(aead, key, seal: true));

    /// <summary>For the records received.</summary>
    /// <param name="key">Of the length the AEAD has: 16 or 32 bytes.</param>
    public static RecordCipher CreateOpener(Aead aead, ReadOnlySpan<byte> key) => new(CipherContext.Create(aead, key, seal: false));

    /// <summary>Seals the plaintext and behind it the trailer, such as the inner content type of TLS 1.3.</summary>
    /// <param name="nonce12">12 bytes, never used before with this key.</param>
    /// <param name="destination">For the ciphertext of both and the tag of 16 bytes; it may begin where the plaintext does, if there is no
    /// trailer.</param>
    /// <returns>The bytes written.</returns>
    public int Seal(
        ReadOnlySpan<byte> nonce12, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> trailer,
        Span<byte> destination) =>
        _context.Seal(nonce12, aad, plaintext, trailer, destination);

    /// <summary>Opens a ciphertext that ends in its tag of 16 bytes.</summary>
    /// <param name="plaintext">For 16 bytes less than came; it may begin where the ciphertext does.</param>
    /// <returns>False if it is not authentic or shorter than a tag; nothing of it is then left in <paramref name="plaintext"/>.</returns>
    public bool Open(ReadOnlySpan<byte> nonce12, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertextWithTag, Span<byte> plaintext) =>
        _context.Open(nonce12, aad, ciphertextWithTag, plaintext);

    public void Dispose() => _context.Dispose();
}
