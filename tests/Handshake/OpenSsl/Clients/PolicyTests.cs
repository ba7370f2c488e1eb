using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>A client goes below the policy for no server, and takes no more of one than the limits allow.</summary>
public sealed class PolicyTests : IDisposable
{
    private const int Tls11 = 0x0302;

    private readonly TestOrigin _origin = new();

    public static TheoryData<byte[]> Floods => new()
    {
        // An alert that is a warning, a ChangeCipherSpec, a record without content, and messages of one byte.
        { [21, 3, 3, 0, 2, 1, 90] },
        { [20, 3, 3, 0, 1, 1] },
        { [22, 3, 3, 0, 0] },
        { [22, 3, 3, 0, 1, 0] },
    };

    public void Dispose() => _origin.Dispose();

    [Fact]
    public void A_server_of_an_older_version_is_refused()
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var modern = TlsClientContext.Create(_origin.Options with { Profile = TlsProfile.Modern });
        using var older = new ServerContext(_origin.ChainPath, _origin.KeyPath, Tls11);
        using var servers = _origin.CreateServer(TlsVersion.Tls12);
        AssertRefused(clients, older);
        AssertRefused(modern, servers);
    }

    [Fact]
    public void A_server_with_no_suite_of_the_policy_is_refused()
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        // With a key exchange that has forward secrecy, and no AEAD.
        using var servers = _origin.CreateServer(TlsVersion.Tls12, "ECDHE-ECDSA-AES128-SHA256");
        AssertRefused(clients, servers);
        using var groups = _origin.CreateServer(TlsVersion.Tls13, groups: "P-521");
        AssertRefused(clients, groups);
    }

    [Fact]
    public void A_chain_of_more_than_100_KiB_is_refused()
    {
        var leaf = _origin.Authority.Issue(["localhost"]);
        var whole = 1 + (110 * 1024 / _origin.Authority.Certificate.RawData.Length);
        _origin.Use(leaf with
        {
            ChainPem = leaf.ChainPem + string.Concat(Enumerable.Repeat(_origin.Authority.CertificatePem + '\n', whole)),
        });
        using var clients = TlsClientContext.Create(_origin.Options);
        foreach (var version in Enum.GetValues<TlsVersion>())
        {
            using var servers = _origin.CreateServer(version);
            AssertRefused(clients, servers);
        }
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public void A_server_that_floods_is_left(byte[] record)
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var client = new ClientHandshake(clients);
        client.Start(ServerIdentity.Parse("localhost"));
        for (var i = 0; i <= ClientHandshake.RecordsMaximum && client.Status == HandshakeStatus.NeedMore; i++)
            client.Offer(record);
        Assert.Equal(HandshakeStatus.Failed, client.Status);
        Assert.NotEmpty(client.Failure.Reason);
    }

    [Fact]
    public void A_handshake_is_begun_once_and_again_after_a_reset()
    {
        using var clients = TlsClientContext.Create(_origin.Options);
        using var client = new ClientHandshake(clients);
        using var servers = _origin.CreateServer();
        Assert.Throws<InvalidOperationException>(() => client.Offer([1]));
        for (var i = 0; i < 3; i++)
        {
            using var server = new MemoryServer(servers);
            Exchange.ShakeHands(client, server);
            Assert.Equal(HandshakeStatus.Done, client.Status);
            Assert.Throws<InvalidOperationException>(() => client.Start(ServerIdentity.Parse("localhost")));
            client.Reset();
            Assert.Equal((HandshakeStatus.NeedMore, 0, true), (client.Status, client.ReceivedBytes, client.Output.IsEmpty));
        }
    }

    [Fact]
    public void A_context_that_has_ended_begins_no_handshake()
    {
        var clients = TlsClientContext.Create(_origin.Options);
        using var client = new ClientHandshake(clients);
        clients.Dispose();
        Assert.Equal(HandshakeStatus.Failed, client.Start(ServerIdentity.Parse("localhost")));
    }

    private static void AssertRefused(TlsClientContext clients, ServerContext servers)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        Exchange.ShakeHands(client, server);
        Assert.Equal((HandshakeStatus.Failed, false), (client.Status, client.Failure.IsOfCertificate));
        Assert.False(server.IsDone);
    }
}
