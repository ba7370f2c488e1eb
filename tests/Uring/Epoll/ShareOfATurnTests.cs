using System.Security.Cryptography;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Tests.Backends;

namespace TlsProxy.Uring.Tests.Epoll;

public sealed class ShareOfATurnTests
{
    [Fact]
    public void A_connection_with_much_to_receive_takes_few_buffers_a_turn()
    {
        using var connection = new ConnectedLoop(Variants.Request("epoll"));
        var sent = RandomNumberGenerator.GetBytes(60_000);
        connection.Peer.Send(sent);
        var receive = new Operation(connection.Owner);

        connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));

        Assert.Equal(sent, connection.ReceiveAll(receive, sent.Length));
        Assert.InRange(connection.Loop.Statistics.BatchMax, 1, 4);
    }
}
