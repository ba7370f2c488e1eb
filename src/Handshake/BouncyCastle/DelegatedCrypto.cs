using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>What one handshake computes with: hashes, HMACs, AEADs and key agreement are libcrypto's. ML-KEM is
/// BouncyCastle's own.</summary>
internal sealed class DelegatedCrypto : BcTlsCrypto, IDisposable
{
    // The kernel's generator behind it has no state of ours, so that all threads share it.
    private static readonly SecureRandom s_random = new(new CryptoApiRandomGenerator());

    // All that holds native memory or a secret. BouncyCastle destroys most secrets, and none of what a handshake leaves half done.
    private readonly List<DelegatedCipher> _ciphers = [];
    private readonly List<DelegatedSecret> _secrets = [];
    private readonly List<KeyAgreement> _agreements = [];
    private readonly HashInput _input = new();

    public DelegatedCrypto()
        : base(s_random)
    {
    }

    /// <summary>The transcript that was last asked for its value: that of the key schedule.</summary>
    public DelegatedHash? Transcript { get; private set; }

    /// <summary>What records have brought of messages, and what is left of it.</summary>
    public HandshakeBytes Bytes { get; } = new();

    public override TlsCertificate CreateCertificate(short type, byte[] encoding) => new ClientCertificate(encoding);

    public override TlsCipher CreateCipher(TlsCryptoParameters cryptoParams, int encryptionAlgorithm, int macAlgorithm)
    {
        var keys = new SessionKeys();
        KeyExport.Derive(cryptoParams.SecurityParameters, keys);
        var cipher = new DelegatedCipher(keys, Bytes);
        _ciphers.Add(cipher);
        return cipher;
    }

    /// <summary>Frees and zeroes what the handshake has computed with. Nothing of it is used any more.</summary>
    public void Dispose()
    {
        _ciphers.ForEach(cipher => cipher.Dispose());
        _secrets.ForEach(secret => secret.Destroy());
        _agreements.ForEach(agreement => agreement.Dispose());
    }

    /// <summary>A secret that ends with the handshake at the latest.</summary>
    public void Own(DelegatedSecret secret) => _secrets.Add(secret);

    /// <summary>A key that ends with the handshake at the latest.</summary>
    public KeyAgreement GenerateKey(int group)
    {
        var key = KeyAgreement.Generate(group);
        _agreements.Add(key);
        return key;
    }

    public override TlsECDomain CreateECDomain(TlsECConfig ecConfig) => new AgreementDomain(this, ecConfig.NamedGroup);

    public override TlsHash CreateHash(int cryptoHashAlgorithm) =>
        new DelegatedHash(cryptoHashAlgorithm, hash => Transcript = hash, _input);

    public override TlsSecret CreateSecret(byte[] data) => new DelegatedSecret(this, data);

    public override TlsSecret AdoptSecret(TlsSecret secret) => new DelegatedSecret(this, ((DelegatedSecret)secret).Bytes);

    public override TlsSecret CreateHybridSecret(TlsSecret s1, TlsSecret s2)
    {
        var (first, second) = (s1.Extract(), s2.Extract());
        byte[] both = [.. first, .. second];
        var secret = new DelegatedSecret(this, both);
        Array.Clear(first);
        Array.Clear(second);
        Array.Clear(both);
        return secret;
    }

    public override TlsSecret HkdfInit(int cryptoHashAlgorithm) =>
        new DelegatedSecret(this, new byte[TlsCryptoUtilities.GetHashOutputSize(cryptoHashAlgorithm)]);

    public override TlsNonceGenerator CreateNonceGenerator(byte[] additionalSeedMaterial) => SystemNonces.Instance;

    public override TlsNonceGenerator CreateNonceGenerator(ReadOnlySpan<byte> additionalSeedMaterial) => SystemNonces.Instance;

    private sealed class SystemNonces : TlsNonceGenerator
    {
        public static SystemNonces Instance { get; } = new();

        public byte[] GenerateNonce(int size) => System.Security.Cryptography.RandomNumberGenerator.GetBytes(size);
    }
}
