using System.Net.Sockets;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class PollTests
{
    private const uint POLLIN = 1;
    private const uint POLLOUT = 4;
    private const uint POLLHUP = 0x10;
    private const uint POLLRDHUP = 0x2000;

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_socket_with_room_is_writable_at_once(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.Poll(new Operation(connection.Owner), connection.Descriptor, POLLOUT));
        Expect(connection, POLLOUT);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_full_socket_is_writable_when_the_peer_has_read(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind), sendBufferBytes: 16 * 1024);
        var filled = connection.Fill(new Operation(connection.Owner));
        connection.Run(loop => loop.Poll(new Operation(connection.Owner), connection.Descriptor, POLLOUT));
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();

        connection.ReadPeer(filled);

        Expect(connection, POLLOUT);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void The_peers_end_is_told_past_bytes_that_nobody_reads(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.Poll(new Operation(connection.Owner), connection.Descriptor, POLLRDHUP));
        for (var i = 0; i < 3; i++)
        {
            connection.Peer.Send("unread"u8);
            connection.Thread.FinishTurns();
            connection.Owner.ExpectNothing();
        }

        connection.Peer.Shutdown(SocketShutdown.Send);

        Expect(connection, POLLRDHUP);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void An_end_that_a_receive_has_seen_is_told_to_a_later_poll(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), connection.Descriptor));
        connection.Peer.Shutdown(SocketShutdown.Send);
        connection.Owner.ExpectEnd(Errno.None);

        connection.Run(loop => loop.Poll(new Operation(connection.Owner), connection.Descriptor, POLLRDHUP));

        Expect(connection, POLLRDHUP);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_poll_and_a_receive_wait_on_one_socket(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.ReceiveInto(new Operation(connection.Owner, 1), connection.Descriptor, connection.Memory(new byte[4])));
        connection.Run(loop => loop.Poll(new Operation(connection.Owner, 2), connection.Descriptor, POLLRDHUP));
        connection.Peer.Send("data"u8);
        Assert.Equal((1, 4), (connection.Owner.Next() is var received ? received.Tag : 0, received.Count));

        connection.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(2, connection.Owner.Next().Tag);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_reset_ends_every_poll(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.Poll(new Operation(connection.Owner), connection.Descriptor, POLLIN));
        connection.Thread.FinishTurns();

        connection.Peer.Close(0);

        Expect(connection, POLLHUP);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Who_submits_again_at_once_keeps_no_other_waiting(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var restless = new Restless(connection.Loop);
        connection.Run(loop => loop.Poll(new Operation(restless), connection.Descriptor, POLLOUT));
        for (var i = 0; i < 10; i++)
        {
            var (descriptor, peer) = connection.Connect();
            connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), descriptor));
            connection.Thread.FinishTurns();
            peer.Send("request"u8);
            Assert.Equal("request"u8, connection.Owner.Next().Bytes);
        }

        connection.Run(_ => restless.IsOver = true);
        connection.Thread.FinishTurns();
    }

    private static void Expect(ConnectedLoop connection, uint events)
    {
        var outcome = connection.Owner.Next();
        Assert.Equal((Errno.None, false), (outcome.Error, outcome.More));
        Assert.Equal(events, (uint)outcome.Count & events);
    }

    /// <summary>Asks again in the moment in which it is answered.</summary>
    private sealed class Restless(EventLoop loop) : ICompletionHandler
    {
        public bool IsOver { get; set; }

        public void OnCompleted(Operation operation, in OperationResult result)
        {
            if (!IsOver)
                loop.Poll(operation, operation.Descriptor, POLLOUT);
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
