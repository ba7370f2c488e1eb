using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>Which servers a client takes, and what it says of others.</summary>
public sealed class VerificationTests : IDisposable
{
    private const int BadCertificate = 42;
    private const int CertificateExpired = 45;
    private const int UnknownAuthority = 48;
    private const int UnsupportedCertificate = 43;

    private readonly TestOrigin _origin = new();

    /// <summary>The names of a certificate, the name asked for, and whether the one is for the other (RFC 9525, section 6.3).</summary>
    public static TheoryData<string, string, bool> Names => new()
    {
        { "www.example.com", "www.example.com", true },
        { "www.example.com", "WWW.Example.COM.", true },
        { "www.example.com", "example.com", false },
        { "example.com", "www.example.com", false },
        { "one.example,two.example", "two.example", true },
        { "*.example.com", "www.example.com", true },
        { "*.example.com", "example.com", false },
        { "*.example.com", "a.b.example.com", false },
        { "w*.example.com", "www.example.com", false },
        { "*w.example.com", "www.example.com", false },
        { "www.*.com", "www.example.com", false },
        { "*", "localhost", false },
        { "127.0.0.1", "127.0.0.1", true },
        { "127.0.0.2", "127.0.0.1", false },
        { "::1", "[::1]", true },
        { "::2", "[::1]", false },
        { "localhost", "127.0.0.1", false },
        { "127.0.0.1", "localhost", false },
    };

    public static TheoryData<TlsVersion> Versions => new(Enum.GetValues<TlsVersion>());

    public void Dispose() => _origin.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_certificate_is_for_its_names_and_addresses(string names, string asked, bool isFor)
    {
        _origin.Use(_origin.Authority.Issue(names.Split(',')));
        foreach (var version in Enum.GetValues<TlsVersion>())
        {
            if (isFor)
                AssertTaken(_origin.Options, asked, version);
            else
                AssertRefused(_origin.Options, version, "the server's certificate is for other ", BadCertificate, asked);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_common_name_of_a_subject_counts_for_nothing(TlsVersion version)
    {
        // RFC 9110, section 4.3.4.
        _origin.Use(_origin.Authority.IssueForClient("CN=localhost"));
        AssertRefused(_origin.Options, version, "the server's certificate is", UnsupportedCertificate);
        _origin.Use(_origin.Authority.Issue([]));
        AssertRefused(_origin.Options, version, "the server's certificate is for other names", BadCertificate, "nobody");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_certificate_that_has_expired_or_is_not_valid_yet_is_refused(TlsVersion version)
    {
        var now = DateTimeOffset.UtcNow;
        _origin.Use(_origin.Authority.Issue(["localhost"], notBefore: now.AddDays(-9), notAfter: now.AddDays(-1)));
        AssertRefused(_origin.Options, version, "the server's certificate, or one above it, has expired", CertificateExpired);
        _origin.Use(_origin.Authority.Issue(["localhost"], notBefore: now.AddDays(1), notAfter: now.AddDays(9)));
        AssertRefused(_origin.Options, version, "the server's certificate, or one above it, is not valid yet", BadCertificate);
        using var expired = _origin.Authority.CreateIntermediate("Between", now.AddDays(-1));
        _origin.Use(expired.Issue(["localhost"]));
        AssertRefused(_origin.Options, version, "the server's certificate, or one above it, has expired", CertificateExpired);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_chain_has_to_lead_to_one_of_the_authorities(TlsVersion version)
    {
        using var other = TestAuthority.CreateRoot("Others");
        _origin.Use(other.Issue(["localhost"]));
        AssertRefused(_origin.Options, version, "the server's certificate leads to no known authority", UnknownAuthority);

        using var between = _origin.Authority.CreateIntermediate("Between");
        var whole = between.Issue(["localhost"]);
        _origin.Use(whole);
        AssertTaken(_origin.Options, "localhost", version);
        _origin.Use(whole with { ChainPem = whole.Certificate.ExportCertificatePem() });
        AssertRefused(_origin.Options, version, "the server's certificate leads to no known authority", UnknownAuthority);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_authority_need_not_be_a_root(TlsVersion version)
    {
        using var between = _origin.Authority.CreateIntermediate("Between");
        _origin.Use(between.Issue(["localhost"]));
        AssertTaken(new TlsClientOptions { AuthorityPath = _origin.Save("between.pem", between.CertificatePem) }, "localhost", version);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_self_signed_certificate_is_taken_only_if_it_is_among_the_authorities(TlsVersion version)
    {
        using var alone = new TestCertificate();
        using var servers = new Testing.Interop.ServerContext(alone.ChainPath, alone.KeyPath, (int)version);
        using var trusting = TlsClientContext.Create(new TlsClientOptions { AuthorityPath = alone.ChainPath });
        using var client = new ClientHandshake(trusting);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        Assert.Equal(HandshakeStatus.Done, client.Status);

        using var others = TlsClientContext.Create(_origin.Options);
        using var refusing = new ClientHandshake(others);
        using var refused = new MemoryServer(servers);
        Exchange.ShakeHands(refusing, refused);
        Assert.Equal(
            new ClientFailure("the server's certificate is self-signed and not among the authorities", IsOfCertificate: true),
            refusing.Failure);
        Assert.Equal(UnknownAuthority, refused.Alert);
    }

    [Fact]
    public void A_certificate_of_a_client_is_none_of_a_server()
    {
        _origin.Use(_origin.Authority.IssueForClient("CN=localhost"));
        AssertRefused(_origin.Options, TlsVersion.Tls13, "the server's certificate is not for servers", UnsupportedCertificate);
    }

    [Fact]
    public void Files_that_hold_no_authorities_are_refused_with_what_to_do()
    {
        var empty = _origin.Save("empty.pem", "nothing");
        Assert.Equal(
            $"The servers' authorities {empty} can't be used (no start line): name a PEM file with the certificates of authorities.",
            Assert.Throws<TlsConfigurationException>(() => Create(empty)).Message);
        Assert.Equal(
            "The servers' authorities /none can't be read (there is no such file): name a readable file.",
            Assert.Throws<TlsConfigurationException>(() => Create("/none")).Message);

        static TlsClientContext Create(string path) => TlsClientContext.Create(new TlsClientOptions { AuthorityPath = path });
    }

    [Fact]
    public void A_reload_trusts_what_the_file_holds_then_and_keeps_what_was_if_it_holds_nothing()
    {
        using var other = TestAuthority.CreateRoot("Others");
        using var clients = TlsClientContext.Create(_origin.Options);
        using var servers = _origin.CreateServer();
        Assert.Equal(HandshakeStatus.Done, StatusOf(clients, servers));

        _origin.Save("authority.pem", "nothing");
        Assert.Throws<TlsConfigurationException>(clients.Reload);
        Assert.Equal(HandshakeStatus.Done, StatusOf(clients, servers));

        _origin.Save("authority.pem", other.CertificatePem);
        clients.Reload();
        Assert.Equal(HandshakeStatus.Failed, StatusOf(clients, servers));
    }

    private static HandshakeStatus StatusOf(TlsClientContext clients, Testing.Interop.ServerContext servers)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        return client.Status;
    }

    private void AssertTaken(TlsClientOptions options, string name, TlsVersion version)
    {
        using var clients = TlsClientContext.Create(options);
        using var servers = _origin.CreateServer(version);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        var (ofClient, _) = Exchange.ShakeHands(client, server, name);
        Assert.Equal((HandshakeStatus.Done, null), (client.Status, client.Failure.Reason));
        Assert.Equal(PeerVerification.Verified, client.Facts.Verification);
        var identity = ServerIdentity.Parse(name);
        Assert.Equal(identity.Name is not null, client.Facts.HasServerName);
        // In the hello, which isn't encrypted; addresses aren't sent.
        Assert.Equal(identity.Name is not null, ofClient.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(identity.Text)) > 0);
    }

    private void AssertRefused(TlsClientOptions options, TlsVersion version, string reason, int alert, string name = "localhost")
    {
        using var clients = TlsClientContext.Create(options);
        using var servers = _origin.CreateServer(version);
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server, name);
        Assert.Equal(HandshakeStatus.Failed, client.Status);
        Assert.StartsWith(reason, client.Failure.Reason, StringComparison.Ordinal);
        Assert.True(client.Failure.IsOfCertificate);
        Assert.Throws<InvalidOperationException>(() => client.Keys);
        Assert.Equal((false, alert), (server.IsDone, server.Alert));
    }
}
