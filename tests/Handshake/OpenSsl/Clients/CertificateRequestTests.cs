using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>A client's certificate is given to servers that ask for one, and to no others.</summary>
public sealed class CertificateRequestTests : IDisposable
{
    private const int CertificateRequired = 116;
    private const int HandshakeFailure = 40;

    private readonly TestOrigin _origin = new();
    private readonly CertificateFiles _client;

    public CertificateRequestTests() => _client = _origin.SaveClient(_origin.Authority.IssueForClient("CN=proxy"));

    public static TheoryData<TlsVersion> Versions => new(Enum.GetValues<TlsVersion>());

    public void Dispose() => _origin.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_server_that_asks_gets_it_and_one_that_does_not_ask_gets_none(TlsVersion version)
    {
        using var clients = TlsClientContext.Create(_origin.Options with { Certificate = _client });
        using var asking = _origin.CreateServer(version).WithClients(_origin.AuthorityPath, isRequired: true);
        using var other = _origin.CreateServer(version);

        Assert.Equal((HandshakeStatus.Done, true, true), Talk(clients, asking));
        Assert.Equal((HandshakeStatus.Done, true, false), Talk(clients, other));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_client_without_one_passes_where_it_is_not_required(TlsVersion version)
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var asking = _origin.CreateServer(version).WithClients(_origin.AuthorityPath, isRequired: false);
        Assert.Equal((HandshakeStatus.Done, true, false), Talk(clients, asking));
    }

    [Fact]
    public void A_server_of_TLS_1_2_that_requires_one_ends_the_handshake()
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var asking = _origin.CreateServer(TlsVersion.Tls12).WithClients(_origin.AuthorityPath, isRequired: true);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(asking);
        Exchange.ShakeHands(client, server);
        Assert.Equal((HandshakeStatus.Failed, false), (client.Status, client.Failure.IsOfCertificate));
        Assert.Contains("alert handshake failure", client.Failure.Reason, StringComparison.Ordinal);
        Assert.Equal((false, -1), (server.IsDone, server.Alert));
        Assert.NotEqual(HandshakeFailure, server.Alert);
    }

    [Fact]
    public void A_server_of_TLS_1_3_that_requires_one_says_so_in_its_first_record()
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var asking = _origin.CreateServer(TlsVersion.Tls13).WithClients(_origin.AuthorityPath, isRequired: true);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(asking);
        Exchange.ShakeHands(client, server);

        // The client is done with its Finished; the alert has the server's application keys.
        Assert.Equal((HandshakeStatus.Done, false), (client.Status, server.IsDone));
        var alert = Wire.Records(client.Leftover).Single();
        Assert.Equal([2, CertificateRequired], TestRecords.Open(client.Keys, client.Keys.Receive, alert));
    }

    [Fact]
    public void A_certificate_without_its_key_is_refused_with_what_to_do()
    {
        var other = _origin.SaveClient(_origin.Authority.IssueForClient("CN=other"));
        var mixed = other with { ChainPath = _origin.AuthorityPath };
        var refused = Assert.Throws<TlsConfigurationException>(() => TlsClientContext.Create(_origin.Options with { Certificate = mixed }));
        Assert.Equal(
            $"The private key {other.KeyPath} can't be used (key values mismatch): name the key of the certificate {mixed.ChainPath}.",
            refused.Message);
        var empty = other with { ChainPath = _origin.Save("empty.pem", string.Empty) };
        refused = Assert.Throws<TlsConfigurationException>(() => TlsClientContext.Create(_origin.Options with { Certificate = empty }));
        Assert.EndsWith("name a PEM file with the client's certificate first.", refused.Message, StringComparison.Ordinal);
    }

    private static (HandshakeStatus Client, bool IsServerDone, bool HasCertificate) Talk(
        TlsClientContext clients, Testing.Interop.ServerContext servers)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        return (client.Status, server.IsDone, server.HasClientCertificate);
    }
}
