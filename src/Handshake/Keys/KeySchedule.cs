using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.Keys;

/// <summary>The derivations that lead from secrets to record keys.</summary>
public static class KeySchedule
{
    private const int HashMaximum = 48;

    /// <summary>HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 9846, section 7.1).</summary>
    /// <param name="label">Without its prefix <c>tls13 </c>; at most 32 bytes.</param>
    /// <param name="output">At most as long as the hash.</param>
    public static void ExpandLabel(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        var hmac = KeyedHashes.Of(hash);
        hmac.SetKey(secret);
        ExpandLabel(hmac, label, output);
        hmac.Clear();
    }

    /// <summary>Key and IV of a traffic secret (RFC 9846, section 7.3).</summary>
    public static void ExpandTrafficKeys(HashAlgorithmName hash, ReadOnlySpan<byte> secret, Span<byte> key, Span<byte> iv) =>
        ExpandTrafficKeys(KeyedHashes.Of(hash), secret, key, iv);

    internal static void ExpandTrafficKeys(IKeyedHash hmac, ReadOnlySpan<byte> secret, Span<byte> key, Span<byte> iv)
    {
        hmac.SetKey(secret);
        ExpandLabel(hmac, "key"u8, key);
        ExpandLabel(hmac, "iv"u8, iv);
        hmac.Clear();
    }

    /// <summary>The PRF of TLS 1.2 (RFC 5246, section 5).</summary>
    /// <param name="label">With the seed at most 128 bytes.</param>
    public static void Prf12(
        HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output) =>
        Prf12(KeyedHashes.Of(hash), secret, label, seed, output);

    internal static void Prf12(
        IKeyedHash hmac, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        Span<byte> labelled = stackalloc byte[128];
        labelled = labelled[..(label.Length + seed.Length)];
        label.CopyTo(labelled);
        seed.CopyTo(labelled[label.Length..]);
        // Each block is HMAC(secret, A(i) + label + seed), where A(i) = HMAC(secret, A(i - 1)) and A(0) = label + seed.
        Span<byte> chained = stackalloc byte[HashMaximum];
        Span<byte> block = stackalloc byte[HashMaximum];
        chained = chained[..hmac.Length];
        hmac.SetKey(secret);
        hmac.Compute(labelled, default, chained);
        while (!output.IsEmpty)
        {
            hmac.Compute(chained, labelled, block);
            var taken = Math.Min(output.Length, hmac.Length);
            block[..taken].CopyTo(output);
            output = output[taken..];
            hmac.Compute(chained, default, chained);
        }

        hmac.Clear();
        CryptographicOperations.ZeroMemory(chained);
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>The first block of HKDF-Expand (RFC 5869, section 2.3), which is all that the outputs here need.</summary>
    private static void ExpandLabel(IKeyedHash hmac, ReadOnlySpan<byte> label, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, hmac.Length);
        Span<byte> info = stackalloc byte[64];
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)output.Length);
        info[2] = (byte)(6 + label.Length);
        "tls13 "u8.CopyTo(info[3..]);
        label.CopyTo(info[9..]);
        // An empty context, and the number of the block.
        info[9 + label.Length] = 0;
        info[10 + label.Length] = 1;
        Span<byte> block = stackalloc byte[HashMaximum];
        hmac.Compute(info[..(11 + label.Length)], default, block);
        block[..output.Length].CopyTo(output);
        CryptographicOperations.ZeroMemory(block);
    }
}
