using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.Tests;

/// <summary>A self-signed certificate for localhost in files of its own.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tlsproxy-test").FullName;

    public TestCertificate(bool rsa = false)
    {
        using var rsaKey = rsa ? RSA.Create(2048) : null;
        using var ecKey = rsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsaKey is not null
            ? new CertificateRequest("CN=localhost", rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=localhost", ecKey!, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        ChainPath = Path.Combine(_folder, "chain.pem");
        KeyPath = Path.Combine(_folder, "key.pem");
        File.WriteAllText(ChainPath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, rsaKey?.ExportPkcs8PrivateKeyPem() ?? ecKey!.ExportPkcs8PrivateKeyPem());
    }

    public string ChainPath { get; }

    public string KeyPath { get; }

    public static TlsServerOptions Options(string chainPath, string keyPath) =>
        new() { Certificates = [new CertificateFiles(CertificateFiles.Default, chainPath, keyPath)] };

    public TlsContext CreateContext() => TestEngines.Create(Options(ChainPath, KeyPath));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
