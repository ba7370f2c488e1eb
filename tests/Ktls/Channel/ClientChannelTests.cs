using System.Text;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Tests.Kernel;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A channel whose handshake was a client's speaks with a server of libssl: each side opens what the other has sealed, through
/// tickets and key updates.</summary>
public sealed class ClientChannelTests(TrustedOrigin origin) : IClassFixture<TrustedOrigin>
{
    public static IEnumerable<TheoryDataRow<CipherSuite, KtlsMode>> Cells() =>
        from suite in Enum.GetValues<CipherSuite>()
        from mode in (KtlsMode[])[KtlsMode.Off, KtlsMode.Transmit, KtlsMode.Both]
        let row = new TheoryDataRow<CipherSuite, KtlsMode>(suite, mode)
        select mode == KtlsMode.Off ? row : row.WithTrait("Kernel", "tls");

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_client_and_a_server_of_libssl_understand_each_other(CipherSuite suite, KtlsMode mode)
    {
        if (mode != KtlsMode.Off)
            RunningKernel.SkipWithoutTls();
        using var clients = origin.CreateClients();
        using var servers = origin.CreateServers(suite);
        using var connection = new TestConnection(
            suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = mode != KtlsMode.Off } });
        for (var i = 0; i < 3; i++)
        {
            if (i > 0)
                connection.Connect();
            using var server = new OriginPeer(servers, connection.Peer.Socket);
            using var tickets = server.ShakeHands(clients, connection, isLate: i == 1, out var wasResumed);
            Assert.Equal(i > 0, wasResumed);

            connection.SendAll("request"u8.ToArray());
            Assert.Equal("request", server.Read(7));
            server.Write("answer");
            Assert.Equal("answer"u8, connection.Owner.Receive(6));
            connection.SendAll(new byte[100_000]);
            Assert.Equal(new string('\0', 100_000), server.Read(100_000));

            // Whatever the server has sent stands in front of the answer.
            foreach (var ticket in connection.Owner.Tickets)
                tickets!.Offer(ticket);
            Assert.Equal(suite.Version() == TlsVersion.Tls13, !connection.Owner.Tickets.IsEmpty);
            if (suite.Version() == TlsVersion.Tls13 && mode == KtlsMode.Off)
                UpdateKeys(connection, server);

            connection.Run(connection.Channel.Close);
            Assert.True(server.ReadsCloseNotify());
            connection.Peer.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            connection.Owner.Expect(ChannelEventKind.Closed);
            connection.CheckNothingIsHeld();
        }
    }

    private static void UpdateKeys(TestConnection connection, OriginPeer server)
    {
        for (var round = 0; round < 2; round++)
        {
            server.UpdateKeys(requested: round == 0);
            server.Write($"new {round}");
            Assert.Equal(Encoding.ASCII.GetBytes($"new {round}"), connection.Owner.Receive(5));
            connection.SendAll(Encoding.ASCII.GetBytes($"own {round}"));
            Assert.Equal($"own {round}", server.Read(5));
        }
    }
}
