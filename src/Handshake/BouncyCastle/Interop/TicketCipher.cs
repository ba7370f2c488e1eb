using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>AES-256-CBC with padding, of tickets.</summary>
internal static unsafe class TicketCipher
{
    private const int BlockLength = 16;

    /// <param name="output">As long as the text with its padding.</param>
    /// <exception cref="CryptographicException">libcrypto doesn't provide the cipher.</exception>
    internal static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (Run(key, iv, text, output, sealing: 1) != output.Length)
            throw new CryptographicException($"libcrypto could not seal a ticket ({OpenSslErrors.Take()}).");
    }

    /// <param name="output">As long as the input.</param>
    /// <returns>The length of the text, or -1.</returns>
    internal static int TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var length = Run(key, iv, input, output, sealing: 0);
        LibCrypto.ERR_clear_error();
        return length;
    }

    private static int Run(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output, int sealing)
    {
        var context = LibCrypto.EVP_CIPHER_CTX_new();
        int first = 0, last = 0;
        var end = stackalloc byte[BlockLength];
        bool isDone;
        fixed (byte* keyBytes = key, ivBytes = iv, text = input, result = output)
        {
            isDone = context != 0
                && LibCrypto.EVP_CipherInit_ex(context, Ciphers.Aes256Cbc, 0, keyBytes, ivBytes, sealing) == 1
                && LibCrypto.EVP_CipherUpdate(context, result, &first, text, input.Length) == 1
                && LibCrypto.EVP_CipherFinal_ex(context, end, &last) == 1
                && first + last <= output.Length;
        }

        if (isDone)
            new ReadOnlySpan<byte>(end, last).CopyTo(output[first..]);
        CryptographicOperations.ZeroMemory(new Span<byte>(end, BlockLength));
        LibCrypto.EVP_CIPHER_CTX_free(context);
        return isDone ? first + last : -1;
    }
}
