using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A certificate for each kind of suite.</summary>
public sealed class TwoCertificates : IDisposable
{
    private readonly TestFolder _folder = new();

    public TwoCertificates()
    {
        foreach (var isRsa in new[] { false, true })
        {
            using var authority = TestAuthority.CreateRoot(rsa: isRsa);
            authority.Issue(["localhost"], isRsa).Save(_folder[$"chain {isRsa}"], _folder[$"key {isRsa}"]);
        }
    }

    public void Dispose() => _folder.Dispose();

    public TlsContext CreateContext(TlsEngine engine, CipherSuite suite)
    {
        var isRsa = suite.Name().Contains("RSA", StringComparison.Ordinal);
        var files = new CertificateFiles(CertificateFiles.Default, _folder[$"chain {isRsa}"], _folder[$"key {isRsa}"]);
        return TlsContext.Create(new TlsServerOptions { Certificates = [files], Engine = engine });
    }
}
