using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.Keys;

/// <summary>What protects the records of one direction. The memory is native, so that no copy of it stays behind and core dumps
/// leave it out, and zeroed on disposal; it can then serve another session.</summary>
public sealed class TrafficKeys : IDisposable
{
    private const int KeyMaximum = 32;
    private const int IvLength = RecordLayout.NonceLength;
    private const int SecretMaximum = 48;

    // Key, IV and secret, one after the other.
    private readonly KeyMemory _memory = new(KeyMaximum + IvLength + SecretMaximum);
    private HashAlgorithmName _hash;
    private int _keyLength;
    private int _secretLength;

    internal TrafficKeys()
    {
    }

    /// <summary>16 or 32 bytes.</summary>
    public ReadOnlySpan<byte> Key => KeyBytes;

    /// <summary>12 bytes. TLS 1.3 and ChaCha20: the whole IV. AES-GCM of TLS 1.2: a salt of 4 bytes, then the explicit nonce of the next
    /// record.</summary>
    public ReadOnlySpan<byte> Iv => IvBytes;

    /// <summary>The traffic secret of TLS 1.3; empty in TLS 1.2.</summary>
    public ReadOnlySpan<byte> Secret => SecretBytes;

    /// <summary>The sequence number of the next record.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The explicit nonce of the next record of AES-GCM in TLS 1.2 (RFC 5288, section 3).</summary>
    public ulong ExplicitNonce
    {
        get => BinaryPrimitives.ReadUInt64BigEndian(IvBytes[RecordLayout.SaltLength..]);
        set => BinaryPrimitives.WriteUInt64BigEndian(IvBytes[RecordLayout.SaltLength..], value);
    }

    private Span<byte> KeyBytes => _memory.Span[.._keyLength];

    private Span<byte> IvBytes => _memory.Span.Slice(KeyMaximum, IvLength);

    private Span<byte> SecretBytes => _memory.Span.Slice(KeyMaximum + IvLength, _secretLength);

    /// <summary>Keys of TLS 1.3 from a traffic secret (RFC 9846, section 7.3).</summary>
    public static TrafficKeys FromSecret(CipherSuite suite, ReadOnlySpan<byte> secret)
    {
        var keys = new TrafficKeys();
        keys.SetSecret(suite, secret);
        return keys;
    }

    /// <summary>Keys of TLS 1.2 as they come out of its key block (RFC 5246, section 6.3).</summary>
    /// <param name="iv">12 bytes with ChaCha20; 4 bytes, the salt, with AES-GCM.</param>
    public static TrafficKeys FromKeyBlock(CipherSuite suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ulong sequence)
    {
        var keys = new TrafficKeys();
        keys.SetKeyBlock(suite, key, iv, sequence);
        return keys;
    }

    /// <summary>Goes to the next generation of keys (RFC 9846, section 7.2), which begins at sequence 0.</summary>
    /// <exception cref="InvalidOperationException">The keys are of TLS 1.2, which has no key update.</exception>
    public void Update()
    {
        if (_secretLength == 0)
            throw new InvalidOperationException("TLS 1.2 has no key update.");
        Span<byte> next = stackalloc byte[SecretMaximum];
        next = next[.._secretLength];
        KeySchedule.ExpandLabel(_hash, SecretBytes, "traffic upd"u8, next);
        next.CopyTo(SecretBytes);
        CryptographicOperations.ZeroMemory(next);
        Derive();
    }

    public void Dispose()
    {
        _memory.Clear();
        (_hash, _keyLength, _secretLength) = (default, 0, 0);
        Sequence = 0;
    }

    internal void SetSecret(CipherSuite suite, ReadOnlySpan<byte> secret)
    {
        if (secret.Length is 0 or > SecretMaximum)
            throw new ArgumentException("A traffic secret has the length of the suite's hash.", nameof(secret));
        _hash = suite.Hash();
        _keyLength = suite.Aead().KeyLength();
        _secretLength = secret.Length;
        secret.CopyTo(SecretBytes);
        Derive();
    }

    internal void SetKeyBlock(CipherSuite suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, ulong sequence)
    {
        _keyLength = suite.Aead().KeyLength();
        _secretLength = 0;
        key.CopyTo(KeyBytes);
        IvBytes.Clear();
        iv.CopyTo(IvBytes);
        Sequence = sequence;
    }

    internal void CopyFrom(TrafficKeys other)
    {
        other._memory.Span.CopyTo(_memory.Span);
        _hash = other._hash;
        _keyLength = other._keyLength;
        _secretLength = other._secretLength;
        Sequence = other.Sequence;
    }

    private void Derive()
    {
        KeySchedule.ExpandTrafficKeys(_hash, SecretBytes, KeyBytes, IvBytes);
        Sequence = 0;
    }
}
