using System.Security.Cryptography;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl;
using TlsProxy.Handshake.Keys;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A secret of the key schedule, with HMAC by libcrypto. What leaves it is zeroed here.</summary>
internal sealed class DelegatedSecret(DelegatedCrypto crypto, byte[] data) : AbstractTlsSecret(data)
{
    private const int HashMaximum = 48;

    protected override AbstractTlsCrypto Crypto => crypto;

    /// <summary>A copy, which its taker zeroes.</summary>
    public byte[] Copy()
    {
        CheckAlive();
        return [.. m_data];
    }

    public override byte[] CalculateHmac(int cryptoHashAlgorithm, byte[] buf, int off, int len)
    {
        CheckAlive();
        var hmac = Hmac(cryptoHashAlgorithm);
        var result = new byte[hmac.Length];
        hmac.SetKey(m_data);
        hmac.Compute(buf.AsSpan(off, len), default, result);
        hmac.Clear();
        return result;
    }

    public override TlsSecret DeriveUsingPrf(int prfAlgorithm, string label, byte[] seed, int length) =>
        DeriveUsingPrf(prfAlgorithm, label.AsSpan(), seed.AsSpan(), length);

    public override TlsSecret DeriveUsingPrf(int prfAlgorithm, ReadOnlySpan<char> label, ReadOnlySpan<byte> seed, int length)
    {
        CheckAlive();
        if (prfAlgorithm is Tls.PrfAlgorithm.tls13_hkdf_sha256 or Tls.PrfAlgorithm.tls13_hkdf_sha384)
            return TlsCryptoUtilities.HkdfExpandLabel(this, TlsCryptoUtilities.GetHashForPrf(prfAlgorithm), label, seed, length);
        Span<byte> ascii = stackalloc byte[64];
        ascii = ascii[..System.Text.Encoding.ASCII.GetBytes(label, ascii)];
        var output = new byte[length];
        KeySchedule.Prf12(Hmac(TlsCryptoUtilities.GetHashForPrf(prfAlgorithm)), m_data, ascii, seed, output);
        return new DelegatedSecret(crypto, output);
    }

    public override void ExtractTo(Span<byte> output)
    {
        CheckAlive();
        m_data.CopyTo(output);
        Destroy();
    }

    public override TlsSecret HkdfExpand(int cryptoHashAlgorithm, byte[] info, int length) =>
        HkdfExpand(cryptoHashAlgorithm, info.AsSpan(), length);

    /// <summary>HKDF-Expand (RFC 5869, section 2.3). The key schedule of TLS 1.3 needs no more than its first block.</summary>
    public override TlsSecret HkdfExpand(int cryptoHashAlgorithm, ReadOnlySpan<byte> info, int length)
    {
        CheckAlive();
        var hmac = Hmac(cryptoHashAlgorithm);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, hmac.Length);
        Span<byte> block = stackalloc byte[HashMaximum];
        hmac.SetKey(m_data);
        hmac.Compute(ResumptionBinder.LabelFor(info), [1], block);
        hmac.Clear();
        var expanded = block[..length].ToArray();
        CryptographicOperations.ZeroMemory(block);
        return new DelegatedSecret(crypto, expanded);
    }

    /// <summary>HKDF-Extract (RFC 5869, section 2.2); this secret is the salt and ends.</summary>
    public override TlsSecret HkdfExtract(int cryptoHashAlgorithm, TlsSecret ikm)
    {
        CheckAlive();
        var material = CopyData((AbstractTlsSecret)ikm);
        var hmac = Hmac(cryptoHashAlgorithm);
        var extracted = new byte[hmac.Length];
        hmac.SetKey(m_data);
        hmac.Compute(material, default, extracted);
        hmac.Clear();
        CryptographicOperations.ZeroMemory(material);
        Destroy();
        return new DelegatedSecret(crypto, extracted);
    }

    private static IKeyedHash Hmac(int algorithm) =>
        KeyedHashes.Of(algorithm == CryptoHashAlgorithm.sha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
}
