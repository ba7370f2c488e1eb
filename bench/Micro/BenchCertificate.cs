using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Bench.Micro;

/// <summary>A certificate for one run.</summary>
internal static class BenchCertificate
{
    public static TlsContext Load()
    {
        var folder = Directory.CreateTempSubdirectory("tlsproxy-micro-");
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
                .CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
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
            return TlsContext.Create(new TlsServerOptions { Certificates = [files] });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
