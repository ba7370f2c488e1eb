using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.Keys;

/// <summary>The derivations that lead from secrets to record keys.</summary>
public static class KeySchedule
{
    private const int OutputMaximum = 255;

    /// <summary>HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446, section 7.1).</summary>
    /// <param name="label">Without its prefix <c>tls13 </c>.</param>
    public static void ExpandLabel(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[64];
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)output.Length);
        info[2] = (byte)(6 + label.Length);
        "tls13 "u8.CopyTo(info[3..]);
        label.CopyTo(info[9..]);
        info[9 + label.Length] = 0;
        HKDF.Expand(hash, secret, output, info[..(10 + label.Length)]);
    }

    /// <summary>The PRF of TLS 1.2 (RFC 5246, section 5).</summary>
    /// <param name="seed">At most 96 bytes.</param>
    public static void Prf12(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, OutputMaximum);
        var size = hash == HashAlgorithmName.SHA384 ? 48 : 32;
        Span<byte> labelled = stackalloc byte[label.Length + seed.Length];
        label.CopyTo(labelled);
        seed.CopyTo(labelled[label.Length..]);
        // Each block is HMAC(secret, A(i) + label + seed), where A(i) = HMAC(secret, A(i - 1)) and A(0) = label + seed.
        Span<byte> chained = stackalloc byte[size + labelled.Length];
        Span<byte> block = stackalloc byte[size];
        Hmac(hash, secret, labelled, chained[..size]);
        labelled.CopyTo(chained[size..]);
        while (!output.IsEmpty)
        {
            Hmac(hash, secret, chained, block);
            var taken = Math.Min(output.Length, size);
            block[..taken].CopyTo(output);
            output = output[taken..];
            Hmac(hash, secret, chained[..size], block);
            block.CopyTo(chained);
        }

        CryptographicOperations.ZeroMemory(chained);
        CryptographicOperations.ZeroMemory(block);
    }

    private static void Hmac(HashAlgorithmName hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (hash == HashAlgorithmName.SHA384)
            HMACSHA384.HashData(key, source, destination);
        else
            HMACSHA256.HashData(key, source, destination);
    }
}
