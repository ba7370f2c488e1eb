using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TlsProxy.Testing;

/// <summary>A certification authority of a test.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly string _chainAbove;
    private readonly bool _isRoot;

    private TestAuthority(X509Certificate2 certificate, string chainAbove, bool isRoot)
    {
        Certificate = certificate;
        _chainAbove = chainAbove;
        _isRoot = isRoot;
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The key, in PKCS #8.</summary>
    public string KeyPem
    {
        get
        {
            using var rsa = Certificate.GetRSAPrivateKey();
            using var key = Certificate.GetECDsaPrivateKey();
            return rsa?.ExportPkcs8PrivateKeyPem() ?? key!.ExportPkcs8PrivateKeyPem();
        }
    }

    public string CertificatePem => Certificate.ExportCertificatePem();

    public static TestAuthority CreateRoot(string name = "Test CA", bool rsa = false)
    {
        using var rsaKey = rsa ? RSA.Create(2048) : null;
        using var key = rsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request($"CN={name}", rsaKey, key);
        AsAuthority(request);
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-400), DateTimeOffset.UtcNow.AddDays(400));
        return new TestAuthority(certificate, string.Empty, isRoot: true);
    }

    public TestAuthority CreateIntermediate(string name, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request($"CN={name}", null, key);
        AsAuthority(request);
        using var issued = Sign(request, DateTimeOffset.UtcNow.AddDays(-300), notAfter ?? DateTimeOffset.UtcNow.AddDays(300));
        return new TestAuthority(issued.CopyWithPrivateKey(key), issued.ExportCertificatePem() + '\n' + ChainAbove, isRoot: false);
    }

    /// <summary>Issues a certificate for a server.</summary>
    /// <param name="names">Names, wildcards and addresses.</param>
    public TestLeaf Issue(string[] names, bool rsa = false, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null) =>
        Issue($"CN={names.FirstOrDefault() ?? "nobody"}", names, ServerAuthentication, rsa, notBefore, notAfter);

    /// <summary>Issues a certificate for a client.</summary>
    public TestLeaf IssueForClient(string subject, DateTimeOffset? notAfter = null) =>
        Issue(subject, [], ClientAuthentication, rsa: false, null, notAfter);

    public void Dispose() => Certificate.Dispose();

    private string ChainAbove => _isRoot ? string.Empty : _chainAbove;

    private TestLeaf Issue(string subject, string[] names, string usage, bool rsa, DateTimeOffset? notBefore, DateTimeOffset? notAfter)
    {
        using var rsaKey = rsa ? RSA.Create(2048) : null;
        using var key = rsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(subject, rsaKey, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names.Length > 0)
            request.CertificateExtensions.Add(Names(names));
        var certificate = Sign(request, notBefore ?? DateTimeOffset.UtcNow.AddDays(-1), notAfter ?? DateTimeOffset.UtcNow.AddDays(60));
        return new TestLeaf(
            certificate, certificate.ExportCertificatePem() + '\n' + ChainAbove,
            rsaKey?.ExportPkcs8PrivateKeyPem() ?? key!.ExportPkcs8PrivateKeyPem());
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var rsa = Certificate.GetRSAPrivateKey();
        using var key = Certificate.GetECDsaPrivateKey();
        var generator = rsa is null
            ? X509SignatureGenerator.CreateForECDsa(key!)
            : X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return request.Create(Certificate.SubjectName, generator, notBefore, notAfter, serial);
    }

    private static CertificateRequest Request(string subject, RSA? rsa, ECDsa? key) => rsa is null
        ? new CertificateRequest(subject, key!, HashAlgorithmName.SHA256)
        : new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static void AsAuthority(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
    }

    private static X509Extension Names(string[] names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else
                builder.AddDnsName(name);
        }

        return builder.Build();
    }
}
