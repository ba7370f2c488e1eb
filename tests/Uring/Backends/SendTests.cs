using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class SendTests
{
    private const int SmallBuffer = 16 * 1024;

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Short_sends_to_a_reader_that_begins_late_add_up_to_the_whole(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind), SmallBuffer);
        var bytes = RandomNumberGenerator.GetBytes(2 << 20);
        var memory = connection.Memory(bytes);
        var sent = 0;
        var pieces = 0;
        connection.Owner.Completing = (operation, outcome) =>
        {
            sent += outcome.Count;
            pieces++;
            if (outcome.Error == Errno.None && sent < bytes.Length)
                connection.Loop.Send(operation, connection.Descriptor, memory.Slice(sent));
        };
        connection.Run(loop => loop.Send(new Operation(connection.Owner), connection.Descriptor, memory));
        connection.Thread.FinishTurns();

        var read = connection.ReadPeer(bytes.Length);

        Assert.True(bytes.AsSpan().SequenceEqual(read));
        connection.Thread.FinishTurns();
        Assert.Equal((bytes.Length, true), connection.Thread.Do(() => (sent, pieces > 1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_send_without_a_copy_goes_on_where_the_kernel_took_a_part_and_completes_once(bool isMessage)
    {
        using var connection = new ConnectedLoop(Variants.Request("io_uring with zero-copy sends"), SmallBuffer);
        var bytes = RandomNumberGenerator.GetBytes(2 << 20);
        var memory = connection.Memory(bytes);
        NativeSlice[] ranges = [memory.Slice(0, 100), memory.Slice(100)];
        connection.Run(loop =>
        {
            if (isMessage)
                loop.SendMessage(new Operation(connection.Owner), connection.Descriptor, ranges);
            else
                loop.Send(new Operation(connection.Owner), connection.Descriptor, memory);
        });

        Assert.True(bytes.AsSpan().SequenceEqual(connection.ReadPeer(bytes.Length)));
        Assert.Equal((bytes.Length, Errno.None), (connection.Owner.Next() is var outcome ? outcome.Count : 0, outcome.Error));
        connection.Owner.ExpectNothing();
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Ranges_leave_in_their_order_without_those_that_are_empty(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        NativeSlice[] ranges = [connection.Memory("one"u8), default, connection.Memory("two"u8), connection.Memory("three"u8)];

        connection.Run(loop => loop.SendMessage(new Operation(connection.Owner), connection.Descriptor, ranges));

        Assert.Equal((11, Errno.None), (connection.Owner.Next() is var outcome ? outcome.Count : 0, outcome.Error));
        Assert.Equal("onetwothree"u8, connection.ReadPeer(11));
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_send_of_either_kind_without_room_waits_until_the_peer_reads(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind), SmallBuffer);
        var send = new Operation(connection.Owner);
        for (var run = 0; run < 4; run++)
        {
            var filled = connection.Fill(send);
            var last = connection.Memory("last"u8);
            NativeSlice[] ranges = [last.Slice(0, 2), last.Slice(2)];
            connection.Run(loop =>
            {
                if (run % 2 == 0)
                    loop.Send(send, connection.Descriptor, last);
                else
                    loop.SendMessage(send, connection.Descriptor, ranges);
            });
            connection.Thread.FinishTurns();
            connection.Owner.ExpectNothing();

            connection.ReadPeer(filled);

            Assert.Equal((4, Errno.None), (connection.Owner.Next() is var outcome ? outcome.Count : 0, outcome.Error));
            Assert.Equal("last"u8, connection.ReadPeer(4));
        }
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_send_to_a_peer_that_has_reset_fails_and_raises_no_signal(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var memory = connection.Memory("late"u8);
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), connection.Descriptor));
        connection.Peer.Close(0);
        connection.Owner.ExpectEnd(Errno.ECONNRESET);

        connection.Run(loop => loop.Send(new Operation(connection.Owner), connection.Descriptor, memory));

        connection.Owner.ExpectEnd(Errno.EPIPE);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_send_that_waits_for_room_ends_when_the_peer_resets(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind), SmallBuffer);
        var send = new Operation(connection.Owner);
        connection.Fill(send);
        var memory = connection.Memory("late"u8);
        connection.Run(loop => loop.Send(send, connection.Descriptor, memory));
        connection.Thread.FinishTurns();

        connection.Peer.Close(0);

        var outcome = connection.Owner.Next();
        Assert.True(outcome.Error is Errno.ECONNRESET or Errno.EPIPE, $"The send ended with {outcome.Error}.");
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_socket_receives_while_a_send_on_it_waits(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind), SmallBuffer);
        var send = new Operation(connection.Owner, 1);
        connection.Fill(send);
        var memory = connection.Memory("late"u8);
        connection.Run(loop => loop.Send(send, connection.Descriptor, memory));
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner, 2), connection.Descriptor));
        for (var i = 0; i < 5; i++)
        {
            connection.Peer.Send("request"u8);
            var outcome = connection.Owner.Next();
            Assert.Equal(2, outcome.Tag);
            Assert.Equal("request"u8, outcome.Bytes);
        }
    }
}
