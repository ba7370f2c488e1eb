using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>A certificate that is the same in each run, to the byte, so that handshakes are of the same length.</summary>
internal static class SeededCertificate
{
    private const int Seed = 1;

    public static TlsContext CreateContext(TlsEngine engine = TlsEngine.OpenSsl)
    {
        var folder = Directory.CreateTempSubdirectory("tlsproxy-seeded").FullName;
        try
        {
            using var entropy = new SeededEntropy(Seed);
            // The key is no secret: it is made from a text that stands here.
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                D = SHA256.HashData("the key of the seeded connections"u8),
            });
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var start = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var certificate = request.CreateSelfSigned(start, start.AddYears(50));
            var chain = Path.Combine(folder, "chain.pem");
            var secret = Path.Combine(folder, "key.pem");
            File.WriteAllText(chain, certificate.ExportCertificatePem());
            File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
            var files = new CertificateFiles(CertificateFiles.Default, chain, secret);
            return TlsContext.Create(new TlsServerOptions { Certificates = [files], Engine = engine });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
