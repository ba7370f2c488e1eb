using TlsProxy.Handshake.Keys;

namespace TlsProxy.Bench.Micro;

/// <summary>Record keys as a handshake would leave them.</summary>
internal static class RecordKeys
{
    /// <summary>A suite for each way of laying out and protecting a record.</summary>
    public static readonly CipherSuite[] Suites =
    [
        CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256, CipherSuite.EcdheEcdsaAes128Gcm,
    ];

    public static readonly int[] Sizes = [64, 1024, 16384];

    public static TlsVersion VersionOf(CipherSuite suite) => (int)suite >> 8 == 0x13 ? TlsVersion.Tls13 : TlsVersion.Tls12;

    public static TrafficKeys Of(CipherSuite suite)
    {
        Span<byte> secret = stackalloc byte[48];
        secret.Fill(7);
        return VersionOf(suite) == TlsVersion.Tls13
            ? TrafficKeys.FromSecret(suite, secret[..(suite.Aead() == Aead.Aes256Gcm ? 48 : 32)])
            : TrafficKeys.FromKeyBlock(suite, secret[..suite.Aead().KeyLength()], secret[..4], 1);
    }
}
