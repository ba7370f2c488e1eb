using System.Security.Cryptography;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A secret of the key schedule in native memory, which core dumps leave out, with HMAC by libcrypto.</summary>
internal sealed class DelegatedSecret : AbstractTlsSecret
{
    private const int HashMaximum = 48;

    private readonly DelegatedCrypto _crypto;
    private KeyMemory? _memory;

    public DelegatedSecret(DelegatedCrypto crypto, ReadOnlySpan<byte> data)
        : base(null!)
    {
        _crypto = crypto;
        _memory = new KeyMemory(data.Length);
        data.CopyTo(_memory.Span);
        crypto.Own(this);
    }

    public override int Length => Bytes.Length;

    /// <summary>The secret itself, as long as it lives.</summary>
    public ReadOnlySpan<byte> Bytes =>
        _memory is { } memory ? memory.Span : throw new InvalidOperationException("The secret has been extracted or destroyed.");

    protected override AbstractTlsCrypto Crypto => _crypto;

    public override bool IsAlive() => _memory is not null;

    public override void Destroy()
    {
        _memory?.Dispose();
        _memory = null;
    }

    public override byte[] Extract()
    {
        var copy = Bytes.ToArray();
        Destroy();
        return copy;
    }

    public override void ExtractTo(Span<byte> output)
    {
        Bytes.CopyTo(output);
        Destroy();
    }

    public override byte[] Encrypt(TlsEncryptor encryptor) => throw new Tls.TlsFatalAlert(Tls.AlertDescription.internal_error);

    public override byte[] CalculateHmac(int cryptoHashAlgorithm, byte[] buf, int off, int len)
    {
        var hmac = Hmac(cryptoHashAlgorithm);
        var result = new byte[hmac.Length];
        hmac.SetKey(Bytes);
        hmac.Compute(buf.AsSpan(off, len), default, result);
        hmac.Clear();
        return result;
    }

    public override TlsSecret DeriveUsingPrf(int prfAlgorithm, string label, byte[] seed, int length) =>
        DeriveUsingPrf(prfAlgorithm, label.AsSpan(), seed.AsSpan(), length);

    public override TlsSecret DeriveUsingPrf(int prfAlgorithm, ReadOnlySpan<char> label, ReadOnlySpan<byte> seed, int length)
    {
        if (prfAlgorithm is Tls.PrfAlgorithm.tls13_hkdf_sha256 or Tls.PrfAlgorithm.tls13_hkdf_sha384)
            return TlsCryptoUtilities.HkdfExpandLabel(this, TlsCryptoUtilities.GetHashForPrf(prfAlgorithm), label, seed, length);
        Span<byte> ascii = stackalloc byte[64];
        ascii = ascii[..System.Text.Encoding.ASCII.GetBytes(label, ascii)];
        Span<byte> output = stackalloc byte[length];
        KeySchedule.Prf12(Hmac(TlsCryptoUtilities.GetHashForPrf(prfAlgorithm)), Bytes, ascii, seed, output);
        return Keep(output);
    }

    public override TlsSecret HkdfExpand(int cryptoHashAlgorithm, byte[] info, int length) =>
        HkdfExpand(cryptoHashAlgorithm, info.AsSpan(), length);

    /// <summary>HKDF-Expand (RFC 5869, section 2.3). The key schedule of TLS 1.3 needs no more than its first block.</summary>
    public override TlsSecret HkdfExpand(int cryptoHashAlgorithm, ReadOnlySpan<byte> info, int length)
    {
        var hmac = Hmac(cryptoHashAlgorithm);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, hmac.Length);
        Span<byte> block = stackalloc byte[HashMaximum];
        hmac.SetKey(Bytes);
        hmac.Compute(ResumptionBinder.LabelFor(info), [1], block);
        hmac.Clear();
        var expanded = Keep(block[..length]);
        CryptographicOperations.ZeroMemory(block);
        return expanded;
    }

    /// <summary>HKDF-Extract (RFC 5869, section 2.2); this secret is the salt and ends.</summary>
    public override TlsSecret HkdfExtract(int cryptoHashAlgorithm, TlsSecret ikm)
    {
        var hmac = Hmac(cryptoHashAlgorithm);
        Span<byte> extracted = stackalloc byte[hmac.Length];
        hmac.SetKey(Bytes);
        hmac.Compute(((DelegatedSecret)ikm).Bytes, default, extracted);
        hmac.Clear();
        Destroy();
        return Keep(extracted);
    }

    private static IKeyedHash Hmac(int algorithm) =>
        KeyedHashes.Of(algorithm == CryptoHashAlgorithm.sha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);

    /// <summary>Moves bytes of the stack to a secret.</summary>
    private DelegatedSecret Keep(Span<byte> bytes)
    {
        var secret = new DelegatedSecret(_crypto, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return secret;
    }
}
