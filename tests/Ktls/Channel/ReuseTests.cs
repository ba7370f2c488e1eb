using System.Net.Sockets;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A channel whose connection has ended takes the next: nothing of the one before reaches it.</summary>
public sealed class ReuseTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ranges_left_of_a_send_that_was_aborted_do_not_reach_the_next_peer(bool byPeer)
    {
        using var connection = new TestConnection(Suite, sendBufferBytes: 12_000, receiveBufferBytes: 4096);
        connection.Start();
        connection.Send(new byte[100], new byte[1 << 20], new byte[50_000]);
        Assert.Equal(100, connection.Peer.Read().Content.TakeWhile(b => b == 0).Take(100).Count());
        End(connection, byPeer);

        connection.Connect();
        connection.StartHolding(ContentType.Handshake, "ticket"u8);

        var (type, content) = connection.Peer.Read();
        Assert.Equal((ContentType.Handshake, "ticket"), (type, System.Text.Encoding.ASCII.GetString(content)));
        connection.CloseAndCheck();
    }

    private static void End(TestConnection connection, bool byPeer)
    {
        if (byPeer)
        {
            connection.Peer.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            connection.Peer.Socket.Close();
            Assert.Equal(ChannelEventKind.Failed, connection.Owner.Next().Kind);
        }
        else
        {
            connection.Run(connection.Channel.Abort);
        }

        connection.Owner.Expect(ChannelEventKind.Closed);
    }
}
