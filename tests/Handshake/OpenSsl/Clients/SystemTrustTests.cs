using TlsProxy.Handshake.Tests.Interop;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Without a file of authorities a client trusts those of the system, which SSL_CERT_FILE and SSL_CERT_DIR may name.</summary>
[Collection("alone")]
public sealed class SystemTrustTests : IDisposable
{
    private readonly TestOrigin _origin = new();

    public void Dispose()
    {
        NativeEnvironment.Set("SSL_CERT_FILE", null);
        NativeEnvironment.Set("SSL_CERT_DIR", null);
        _origin.Dispose();
    }

    [Fact]
    public void The_file_and_the_folder_of_the_environment_name_the_authorities()
    {
        NativeEnvironment.Set("SSL_CERT_FILE", _origin.AuthorityPath);
        Assert.Equal((HandshakeStatus.Done, null), Talk());

        NativeEnvironment.Set("SSL_CERT_FILE", "/none");
        Assert.Throws<TlsConfigurationException>(() =>
        {
            NativeEnvironment.Set("SSL_CERT_DIR", "/none");
            Talk();
        });
    }

    [Fact]
    public void Authorities_of_nobodys_are_not_known_to_the_system()
    {
        using var other = TestAuthority.CreateRoot("Others");
        NativeEnvironment.Set("SSL_CERT_FILE", _origin.Save("others.pem", other.CertificatePem));
        Assert.Equal((HandshakeStatus.Failed, "the server's certificate leads to no known authority"), Talk());
    }

    private (HandshakeStatus Status, string? Reason) Talk()
    {
        using var clients = TlsClientContext.Create(new TlsClientOptions());
        using var servers = _origin.CreateServer();
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        return (client.Status, client.Failure.Reason);
    }
}
