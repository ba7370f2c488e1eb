using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.OpenSsl;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>The keys that a client's handshake leaves are those of its server, at the right records.</summary>
public sealed class ClientKeyTests : IDisposable
{
    private static readonly string[] s_groups = [.. OpenSslLibrary.Groups];

    private readonly TestOrigin _ecdsa = new();
    private readonly TestOrigin _rsa = new(rsa: true);

    /// <summary>Each suite with each group of this library, which a server asks for by HelloRetryRequest unless it is the first.</summary>
    public static TheoryData<CipherSuite, string> Pairs =>
        new(from suite in Enum.GetValues<CipherSuite>() from @group in s_groups select (suite, @group));

    public void Dispose()
    {
        _ecdsa.Dispose();
        _rsa.Dispose();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Data_behind_a_handshake_go_both_ways_by_its_keys(CipherSuite suite, string group)
    {
        var origin = suite.Name().Contains("RSA", StringComparison.Ordinal) ? _rsa : _ecdsa;
        // TLS 1.2 has no hybrid group.
        if (suite.Version() == TlsVersion.Tls12 && group.Contains("MLKEM", StringComparison.Ordinal))
            return;
        using var clients = TlsClientContext.Create(origin.Options);
        using var servers = origin.CreateServer(suite.Version(), suite.Name(), group);

        var first = Talk(clients, servers, suite);
        var second = Talk(clients, servers, suite);

        Assert.Equal((false, true), (first.Resumed, second.Resumed));
        Assert.Equal((group.Replace("-", "", StringComparison.Ordinal), suite.Version(), "localhost", PeerVerification.Verified), (
            NameOf(first.Group!), first.Version, first.PeerCertificate!.Subject[3..], first.Verification));
        Assert.Equal((suite, PeerVerification.Verified, "CN=localhost"), (
            second.Suite, second.Verification, second.PeerCertificate!.Subject));
    }

    /// <summary>libssl has two names for the curves of NIST.</summary>
    private static string NameOf(string group) => group switch
    {
        "secp256r1" => "P256",
        "secp384r1" => "P384",
        "x25519" => "X25519",
        var other => other,
    };

    private static HandshakeFacts Talk(TlsClientContext clients, Testing.Interop.ServerContext servers, CipherSuite suite)
    {
        using var client = new ClientHandshake(clients);
        using var server = new MemoryServer(servers);
        var (ofClient, ofServer) = Exchange.ShakeHands(client, server);
        Assert.Equal((HandshakeStatus.Done, string.Empty), (client.Status, client.Failure.Reason ?? string.Empty));
        Assert.True(server.IsDone);
        Assert.Equal(HandshakeRole.Client, client.Keys.Role);
        using var tickets = client.TakeTickets();
        Assert.Equal(suite.Version() == TlsVersion.Tls13, tickets is not null);
        using var keys = new SessionKeys();
        var leftover = client.Leftover.ToArray();
        keys.TakeFrom(client.Keys);
        var behind = Exchange.GiveTickets(keys, leftover, tickets);
        for (var i = 0; i < 3; i++)
        {
            var request = TestRecords.Seal(keys, keys.Transmit, Encoding.ASCII.GetBytes($"request {i}"));
            ofClient.AddRange(request);
            Assert.Equal($"request {i}", server.Read(request));
            var answer = server.Write($"answer {i}");
            ofServer.AddRange(answer);
            Assert.Equal($"answer {i}", Encoding.ASCII.GetString(TestRecords.Open(keys, keys.Receive, answer)));
        }

        // In TLS 1.2 both Finished have been protected by these keys.
        var finished = suite.Version() == TlsVersion.Tls12 ? 1 : 0;
        TestRecords.CheckNonces(keys, keys.Transmit, [.. Wire.Records([.. ofClient]).TakeLast(finished + 3)]);
        TestRecords.CheckNonces(keys, keys.Receive, [.. Wire.Records([.. ofServer]).TakeLast(finished + behind + 3)]);
        return client.Facts;
    }
}
