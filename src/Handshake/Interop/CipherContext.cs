using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.Interop;

/// <summary>An EVP_CIPHER_CTX of one key and one direction. It belongs to one thread at a time.</summary>
internal sealed unsafe class CipherContext : SafeHandle
{
    private const int TagLength = RecordLayout.TagLength;

    private CipherContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    internal static CipherContext Create(Aead aead, ReadOnlySpan<byte> key, bool seal)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, aead.KeyLength());
        HeapDumps.LeaveThreadOut();
        var cipher = Ciphers.Of(aead);
        var context = new CipherContext(LibCrypto.EVP_CIPHER_CTX_new());
        fixed (byte* keyBytes = key)
        {
            if (context.IsInvalid || cipher == 0
                || LibCrypto.EVP_CipherInit_ex(context.handle, cipher, 0, keyBytes, null, seal ? 1 : 0) != 1)
            {
                context.Dispose();
                LibCrypto.ERR_clear_error();
                throw new CryptographicException($"libcrypto does not provide {aead}.");
            }
        }

        return context;
    }

    /// <summary>Seals plaintext followed by trailer.</summary>
    /// <returns>The bytes written: those of both inputs and the tag.</returns>
    internal int Seal(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> trailer,
        Span<byte> destination)
    {
        var body = plaintext.Length + trailer.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, RecordLayout.NonceLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, body + TagLength);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        int length;
        bool sealedWell;
        fixed (byte* iv = nonce, associated = aad, text = plaintext, end = trailer, output = destination)
        {
            sealedWell = LibCrypto.EVP_CipherInit_ex(handle, 0, 0, null, iv, -1) == 1
                && Update(null, associated, aad.Length)
                && Update(output, text, plaintext.Length)
                && Update(output + plaintext.Length, end, trailer.Length)
                && LibCrypto.EVP_CipherFinal_ex(handle, output + body, &length) == 1
                && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_GET_TAG, TagLength, output + body) == 1;
        }

        GC.KeepAlive(this);
        if (sealedWell)
            return body + TagLength;
        LibCrypto.ERR_clear_error();
        throw new CryptographicException("libcrypto could not seal a record.");
    }

    /// <summary>Opens what <see cref="Seal"/> made.</summary>
    /// <returns>False if it is not authentic; the plaintext is then cleared.</returns>
    internal bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> aad, ReadOnlySpan<byte> ciphertextWithTag, Span<byte> plaintext)
    {
        var body = ciphertextWithTag.Length - TagLength;
        if (body < 0)
            return false;
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, RecordLayout.NonceLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(plaintext.Length, body);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        // Final wants somewhere to write, though an AEAD in this mode writes nothing there.
        var unused = stackalloc byte[TagLength];
        int length;
        bool opened;
        fixed (byte* iv = nonce, associated = aad, text = ciphertextWithTag, output = plaintext)
        {
            opened = LibCrypto.EVP_CipherInit_ex(handle, 0, 0, null, iv, -1) == 1
                && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.EVP_CTRL_AEAD_SET_TAG, TagLength, text + body) == 1
                && Update(null, associated, aad.Length)
                && Update(output, text, body)
                && LibCrypto.EVP_CipherFinal_ex(handle, unused, &length) == 1;
        }

        GC.KeepAlive(this);
        if (opened)
            return true;
        LibCrypto.ERR_clear_error();
        plaintext[..body].Clear();
        return false;
    }

    protected override bool ReleaseHandle()
    {
        // The key schedule is cleansed by libcrypto as it frees the context.
        LibCrypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }

    private bool Update(byte* output, byte* input, int inputLength)
    {
        int length;
        return inputLength == 0 || (LibCrypto.EVP_CipherUpdate(handle, output, &length, input, inputLength) == 1 && length == inputLength);
    }
}
