using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Files of an authority, and of servers that it has issued certificates for.</summary>
internal sealed class TestOrigin : IDisposable
{
    private readonly TestFolder _folder = new();

    public TestOrigin(bool rsa = false)
    {
        Authority = TestAuthority.CreateRoot("Origins", rsa);
        AuthorityPath = _folder["authority.pem"];
        File.WriteAllText(AuthorityPath, Authority.CertificatePem);
        Use(Authority.Issue(["localhost"], rsa));
    }

    public TestAuthority Authority { get; }

    public string AuthorityPath { get; }

    public TlsClientOptions Options => new() { AuthorityPath = AuthorityPath };

    /// <summary>What servers present.</summary>
    public string ChainPath => _folder["chain.pem"];

    public string KeyPath => _folder["key.pem"];

    /// <summary>Servers present another certificate from now on.</summary>
    public void Use(TestLeaf leaf) => leaf.Save(ChainPath, KeyPath);

    /// <summary>Writes a certificate for clients.</summary>
    public CertificateFiles SaveClient(TestLeaf leaf)
    {
        leaf.Save(_folder["client.pem"], _folder["client.key"]);
        return new CertificateFiles("client", _folder["client.pem"], _folder["client.key"]);
    }

    public string Save(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }

    public ServerContext CreateServer(TlsVersion? version = null, string? suite = null, string? groups = null) =>
        new(ChainPath, KeyPath, (int)(version ?? 0), suite, groups);

    public void Dispose()
    {
        Authority.Dispose();
        _folder.Dispose();
    }
}
