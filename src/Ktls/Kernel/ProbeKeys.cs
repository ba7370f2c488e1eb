using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Kernel;

/// <summary>Keys that protect nothing but probes; the same for each call.</summary>
internal static class ProbeKeys
{
    public static SessionKeys Create(CipherSuite suite) => new(VersionOf(suite), suite, Direction(suite), Direction(suite));

    public static TlsVersion VersionOf(CipherSuite suite) => (int)suite >> 8 == 0x13 ? TlsVersion.Tls13 : TlsVersion.Tls12;

    private static TrafficKeys Direction(CipherSuite suite)
    {
        var length = suite.Hash() == HashAlgorithmName.SHA384 ? 48 : 32;
        var ivLength = suite.Aead() == Aead.ChaCha20Poly1305 ? 12 : 4;
        return VersionOf(suite) == TlsVersion.Tls13
            ? TrafficKeys.FromSecret(suite, new byte[length])
            : TrafficKeys.FromKeyBlock(suite, new byte[suite.Aead().KeyLength()], new byte[ivLength], 1);
    }
}
