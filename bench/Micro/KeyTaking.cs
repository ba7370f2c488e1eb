using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Bench.Micro;

/// <summary>What becomes of two traffic secrets: keys, and what seals and opens with them.</summary>
internal sealed class KeyTaking(CipherSuite suite) : Benchmark($"take the keys of {suite}")
{
    private readonly byte[] _secret = new byte[suite.Hash() == HashAlgorithmName.SHA384 ? 48 : 32];

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            using var transmit = TrafficKeys.FromSecret(suite, _secret);
            using var receive = TrafficKeys.FromSecret(suite, _secret);
            using var sealer = new RecordSealer(TlsVersion.Tls13, suite, transmit);
            using var opener = new RecordOpener(TlsVersion.Tls13, suite, receive);
        }
    }
}
