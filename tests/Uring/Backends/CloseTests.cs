using System.Net.Sockets;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class CloseTests
{
    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_close_ends_the_connection_and_its_number_serves_the_next(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var numbers = new HashSet<int>();
        for (var run = 0; run < 50; run++)
        {
            var (descriptor, peer) = connection.Connect();
            numbers.Add(descriptor);
            var receive = new Operation(connection.Owner);
            connection.Run(loop => loop.ReceiveMultishot(receive, descriptor));
            connection.Thread.FinishTurns();
            peer.Send("hello"u8);
            Assert.Equal("hello"u8, connection.Owner.Next().Bytes);
            peer.Shutdown(SocketShutdown.Send);
            connection.Owner.ExpectEnd(Errno.None);

            // Either way of closing has to leave nothing behind that the next connection of this number would meet.
            if (run % 2 == 0)
            {
                connection.Run(loop => loop.Close(new Operation(connection.Owner), descriptor));
                Assert.Equal((0, Errno.None), (connection.Owner.Next() is var closed ? closed.Count : -1, closed.Error));
                connection.OnClosed(descriptor);
            }
            else
            {
                Assert.Equal(Errno.None, connection.Close(descriptor));
            }

            Assert.Equal(0, peer.Receive(new byte[1]));
            peer.Dispose();
        }

        Assert.True(numbers.Count < 50, "No number was used again.");
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Operations_on_what_is_not_open_fail(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        foreach (var descriptor in (int[])[-1, 1_000_000])
        {
            connection.Run(loop => loop.Close(new Operation(connection.Owner), descriptor));
            connection.Owner.ExpectEnd(Errno.EBADF);
            connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), descriptor));
            connection.Owner.ExpectEnd(Errno.EBADF);
            connection.Run(loop => loop.Poll(new Operation(connection.Owner), descriptor, 1));
            connection.Owner.ExpectEnd(Errno.EBADF);
        }
    }
}
