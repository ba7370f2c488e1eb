using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A certificate for each kind of suite, and clients that trust the authorities of both.</summary>
public sealed class TrustedOrigin : IDisposable
{
    private readonly TestFolder _folder = new();

    public TrustedOrigin()
    {
        var authorities = string.Empty;
        foreach (var isRsa in new[] { false, true })
        {
            using var authority = TestAuthority.CreateRoot(rsa: isRsa);
            authority.Issue(["localhost"], isRsa).Save(_folder[$"chain {isRsa}"], _folder[$"key {isRsa}"]);
            authorities += authority.CertificatePem + '\n';
        }

        File.WriteAllText(_folder["authorities"], authorities);
    }

    public void Dispose() => _folder.Dispose();

    public TlsClientContext CreateClients() =>
        TlsClientContext.Create(new TlsClientOptions { AuthorityPath = _folder["authorities"] });

    internal ServerContext CreateServers(CipherSuite suite)
    {
        var isRsa = suite.Name().Contains("RSA", StringComparison.Ordinal);
        return new ServerContext(_folder[$"chain {isRsa}"], _folder[$"key {isRsa}"], (int)suite.Version(), suite.Name());
    }
}
