using System.Security.Cryptography;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Tests;

/// <summary>Keys as a handshake would leave them, the same for both ends.</summary>
/// <param name="sequence">Of the first record the server sends with TLS 1.3.</param>
/// <param name="role">Of the side that sends with the first of the two directions.</param>
internal sealed class TestKeys(
    CipherSuite suite, ulong sequence = 0, RecordRequirements requirements = default, HandshakeRole role = HandshakeRole.Server)
{
    private readonly byte[] _server = RandomNumberGenerator.GetBytes(64);
    private readonly byte[] _client = RandomNumberGenerator.GetBytes(64);

    public static TheoryData<CipherSuite> AllSuites => new(Enum.GetValues<CipherSuite>());

    /// <summary>A suite for every record layout there is.</summary>
    public static TheoryData<CipherSuite> EachLayout => new(
        CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256,
        CipherSuite.EcdheRsaAes128Gcm, CipherSuite.EcdheRsaAes256Gcm, CipherSuite.EcdheRsaChaCha20);

    public static TlsVersion VersionOf(CipherSuite suite) => (int)suite >> 8 == 0x13 ? TlsVersion.Tls13 : TlsVersion.Tls12;

    /// <summary>A set of the keys that belongs to the caller.</summary>
    public SessionKeys Create()
    {
        var transmit = Direction(_server);
        transmit.Sequence += sequence;
        return new SessionKeys(VersionOf(suite), suite, transmit, Direction(_client), requirements, role);
    }

    private TrafficKeys Direction(byte[] seed)
    {
        var aead = suite.Aead();
        return VersionOf(suite) == TlsVersion.Tls13
            ? TrafficKeys.FromSecret(suite, seed.AsSpan(0, aead == Aead.Aes256Gcm ? 48 : 32))
            : TrafficKeys.FromKeyBlock(suite, seed.AsSpan(0, aead.KeyLength()), seed.AsSpan(32, aead == Aead.ChaCha20Poly1305 ? 12 : 4), 1);
    }
}
