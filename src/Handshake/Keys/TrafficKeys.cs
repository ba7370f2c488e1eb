using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.Keys;

/// <summary>What protects the records of one direction. The memory is pinned, so that no copy of it stays behind, and zeroed on disposal.</summary>
public sealed class TrafficKeys : IDisposable
{
    private const int IvLength = 12;
    private const int SaltLength = 4;
    private const int SecretMaximum = 48;

    private readonly HashAlgorithmName _hash;
    private readonly byte[] _bytes;
    private readonly int _keyLength;

    private TrafficKeys(CipherSuite suite, int secretLength)
    {
        _hash = suite.Hash();
        _keyLength = suite.Aead().KeyLength();
        _bytes = GC.AllocateUninitializedArray<byte>(IvLength + _keyLength + secretLength, pinned: true);
    }

    /// <summary>16 or 32 bytes.</summary>
    public ReadOnlySpan<byte> Key => KeyBytes;

    /// <summary>12 bytes. TLS 1.3 and ChaCha20: the whole IV. AES-GCM of TLS 1.2: a salt of 4 bytes, then the explicit nonce of the next record.</summary>
    public ReadOnlySpan<byte> Iv => IvBytes;

    /// <summary>The traffic secret of TLS 1.3; empty in TLS 1.2.</summary>
    public ReadOnlySpan<byte> Secret => SecretBytes;

    private Span<byte> IvBytes => _bytes.AsSpan(0, IvLength);

    private Span<byte> KeyBytes => _bytes.AsSpan(IvLength, _keyLength);

    private Span<byte> SecretBytes => _bytes.AsSpan(IvLength + _keyLength);

    /// <summary>The sequence number of the next record.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The explicit nonce of the next record of AES-GCM in TLS 1.2 (RFC 5288, section 3).</summary>
    public ulong ExplicitNonce
    {
        get => BinaryPrimitives.ReadUInt64BigEndian(IvBytes[SaltLength..]);
        set => BinaryPrimitives.WriteUInt64BigEndian(IvBytes[SaltLength..], value);
    }

    /// <summary>Keys of TLS 1.3 from a traffic secret (RFC 8446, section 7.3).</summary>
    public static TrafficKeys FromSecret(CipherSuite suite, ReadOnlySpan<byte> secret)
    {
        if (secret.Length is 0 or > SecretMaximum)
            throw new ArgumentException("A traffic secret has the length of the suite's hash.", nameof(secret));
        var keys = new TrafficKeys(suite, secret.Length);
        secret.CopyTo(keys.SecretBytes);
        keys.Derive();
        return keys;
    }

    /// <summary>Keys of TLS 1.2 as they come out of its key block (RFC 5246, section 6.3).</summary>
    /// <param name="iv">12 bytes with ChaCha20; 4 bytes, the salt, with AES-GCM.</param>
    public static TrafficKeys FromKeyBlock(CipherSuite suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ulong sequence)
    {
        var keys = new TrafficKeys(suite, 0) { Sequence = sequence };
        key.CopyTo(keys.KeyBytes);
        keys.IvBytes.Clear();
        iv.CopyTo(keys.IvBytes);
        return keys;
    }

    /// <summary>Goes to the next generation of keys (RFC 8446, section 7.2), which begins at sequence 0.</summary>
    /// <exception cref="InvalidOperationException">The keys are of TLS 1.2, which has no key update.</exception>
    public void Update()
    {
        var secret = SecretBytes;
        if (secret.IsEmpty)
            throw new InvalidOperationException("TLS 1.2 has no key update.");
        Span<byte> next = stackalloc byte[SecretMaximum];
        next = next[..secret.Length];
        KeySchedule.ExpandLabel(_hash, secret, "traffic upd"u8, next);
        next.CopyTo(secret);
        CryptographicOperations.ZeroMemory(next);
        Derive();
        Sequence = 0;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void Derive()
    {
        KeySchedule.ExpandLabel(_hash, SecretBytes, "key"u8, KeyBytes);
        KeySchedule.ExpandLabel(_hash, SecretBytes, "iv"u8, IvBytes);
    }
}
