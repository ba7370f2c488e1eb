using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>The TLS of the origins that tests write down: a certificate for 127.0.0.1, and those who trust it.</summary>
internal static class TlsOrigin
{
    private static readonly (string Authority, X509Certificate2 Certificate) s_issued = Issue();

    public static bool IsTls(OriginKind kind) => kind is OriginKind.IoUringTls13 or OriginKind.EpollTls12;

    /// <summary>What the client of such an origin works with.</summary>
    public static TlsClientContext CreateClients()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["ca.pem"], s_issued.Authority);
        return TlsClientContext.Create(new TlsClientOptions { AuthorityPath = folder["ca.pem"] });
    }

    /// <summary>Shakes hands as the server.</summary>
    public static async Task<SslStream> AcceptAsync(Stream socket, OriginKind kind, CancellationToken end)
    {
        var tls = new SslStream(socket, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = s_issued.Certificate,
                EnabledSslProtocols = kind == OriginKind.EpollTls12 ? SslProtocols.Tls12 : SslProtocols.Tls13,
            },
            end);
        return tls;
    }

    private static (string Authority, X509Certificate2 Certificate) Issue()
    {
        using var authority = TestAuthority.CreateRoot();
        var leaf = authority.Issue(["127.0.0.1"]);
        return (authority.CertificatePem, X509Certificate2.CreateFromPem(leaf.ChainPem, leaf.KeyPem));
    }
}
