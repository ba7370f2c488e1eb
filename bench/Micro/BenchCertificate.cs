using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Bench.Micro;

/// <summary>A certificate for one run.</summary>
internal static class BenchCertificate
{
    /// <param name="rsa">Whether the key is RSA of 2,048 bits, not ECDSA of P-256.</param>
    public static TlsContext Load(TlsEngine engine = TlsEngine.OpenSsl, bool rsa = false)
    {
        var folder = Directory.CreateTempSubdirectory("tlsproxy-micro-");
        try
        {
            using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = Request(key).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
            var chainPath = Path.Combine(folder.FullName, "server.pem");
            var keyPath = Path.Combine(folder.FullName, "server.key");
            File.WriteAllText(chainPath, certificate.ExportCertificatePem());
            using (var file = new FileStream(keyPath, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
                file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
            var files = new CertificateFiles(CertificateFiles.Default, chainPath, keyPath);
            return TlsContext.Create(new TlsServerOptions { Certificates = [files], Engine = engine });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CertificateRequest Request(AsymmetricAlgorithm key) => key is RSA rsa
        ? new CertificateRequest("CN=localhost", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new CertificateRequest("CN=localhost", (ECDsa)key, HashAlgorithmName.SHA256);
}
