using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.Tickets;

/// <summary>Sessions of clients that have presented a certificate: the ticket holds it, and isn't worth more than it.</summary>
public sealed class ClientSessionTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestCertificate _server = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot("Client CA");
    private readonly SystemTime _time = new();
    private readonly TlsServerOptions _options;
    private readonly (string Chain, string Key) _client;

    public ClientSessionTests()
    {
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        _client = (_folder["client.pem"], _folder["client.key"]);
        _authority.IssueForClient("CN=client one", DateTimeOffset.UtcNow.AddHours(2)).Save(_client.Chain, _client.Key);
        _options = new TlsServerOptions
        {
            Certificates = [new CertificateFiles(CertificateFiles.Default, _server.ChainPath, _server.KeyPath)],
            ClientAuthentication = ClientAuthentication.Require,
            ClientAuthorityPath = _folder["ca.pem"],
        };
    }

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void A_session_ends_with_the_certificate_of_its_client(TlsVersion version)
    {
        using var context = TestEngines.Create(_options, _time);
        using var session = MakeSession(context, version);

        _time.Ahead = TimeSpan.FromMinutes(119);
        Assert.True(IsResumed(context, version, session));
        _time.Ahead = TimeSpan.FromMinutes(121);
        Assert.False(IsResumed(context, version, session));
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void A_session_ends_with_the_trust_in_the_authority_of_its_client(TlsVersion version)
    {
        using var context = TestEngines.Create(_options, _time);
        using var session = MakeSession(context, version);
        using var other = TestAuthority.CreateRoot("Another CA");
        File.WriteAllText(_folder["ca.pem"], other.CertificatePem);
        Assert.Empty(context.Reload().Refusals);

        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, session: session, certificate: _client);
        Wire.ShakeHands(server, client);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        Assert.Contains("unknown ca", client.Failure, StringComparison.Ordinal);
    }

    /// <summary>A handshake that presents the certificate where it is asked for.</summary>
    private bool IsResumed(TlsContext context, TlsVersion version, ClientSession session)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, session: session, certificate: _client);
        Wire.ShakeHands(server, client);
        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.Equal("CN=client one", server.Facts.PeerCertificate?.Subject);
        Assert.Equal(client.IsResumed, server.Facts.Resumed);
        return server.Facts.Resumed;
    }

    private ClientSession MakeSession(TlsContext context, TlsVersion version)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, certificate: _client);
        Wire.ShakeHands(server, client);
        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        return client.TakeSession();
    }

    /// <summary>The time of the day, or a later one.</summary>
    private sealed class SystemTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
