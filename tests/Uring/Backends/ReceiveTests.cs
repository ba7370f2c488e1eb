using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class ReceiveTests
{
    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_multishot_receive_goes_on_until_the_peer_ends(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var receive = new Operation(connection.Owner);
        connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));
        for (byte i = 0; i < 50; i++)
        {
            connection.Peer.Send([i]);
            var outcome = connection.Owner.Next();
            Assert.Equal((1, Errno.None, true), (outcome.Count, outcome.Error, outcome.More));
            Assert.Equal([i], outcome.Bytes);
        }

        connection.Peer.Shutdown(SocketShutdown.Send);

        var end = connection.Owner.Next();
        Assert.Equal((0, Errno.None, false), (end.Count, end.Error, end.More));
        Assert.Empty(end.Bytes);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Bytes_and_their_end_that_came_before_the_receive_are_found(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Peer.Send("last"u8);
        connection.Peer.Shutdown(SocketShutdown.Send);
        connection.Thread.FinishTurns();

        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), connection.Descriptor));

        Assert.Equal("last"u8, connection.Owner.Next().Bytes);
        var end = connection.Owner.Next();
        Assert.Equal((0, Errno.None, false), (end.Count, end.Error, end.More));
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Bytes_and_their_end_that_come_together_are_both_told(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        for (var run = 0; run < 50; run++)
        {
            var (descriptor, peer) = connection.Connect();
            connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), descriptor));
            connection.Thread.FinishTurns();
            // Corked, so that the segment of the bytes carries the end.
            peer.SetRawSocketOption(6, 3, [1, 0, 0, 0]);
            peer.Send("last"u8);
            peer.Shutdown(SocketShutdown.Send);

            Assert.Equal("last"u8, connection.Owner.Next().Bytes);
            var end = connection.Owner.Next();
            Assert.Equal((0, Errno.None, false), (end.Count, end.Error, end.More));
        }
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Bytes_behind_an_urgent_one_are_found(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), connection.Descriptor));
        connection.Thread.FinishTurns();
        // All of it is there when the loop looks: a receive stops at the urgent byte, and no event follows.
        connection.Run(_ =>
        {
            connection.Peer.Send("ab"u8);
            connection.Peer.Send("!"u8, SocketFlags.OutOfBand);
            connection.Peer.Send("cd"u8);
        });

        var received = new List<byte>();
        while (received.Count < 4)
            received.AddRange(connection.Owner.Next().Bytes);

        Assert.Equal("abcd"u8.ToArray(), received);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_reset_ends_a_receive_with_its_error(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), connection.Descriptor));
        connection.Thread.FinishTurns();

        connection.Peer.Close(0);

        connection.Owner.ExpectEnd(Errno.ECONNRESET);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void Single_receives_take_what_came_at_once_buffer_by_buffer(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var sent = RandomNumberGenerator.GetBytes(10_000);
        connection.Peer.Send(sent);
        var receive = new Operation(connection.Owner);
        var received = new List<byte>();
        while (received.Count < sent.Length)
        {
            connection.Run(loop => loop.Receive(receive, connection.Descriptor));
            var outcome = connection.Owner.Next();
            Assert.False(outcome.More);
            Assert.InRange(outcome.Count, 1, 4096);
            received.AddRange(outcome.Bytes);
        }

        Assert.Equal(sent, received);
        connection.Run(loop => loop.Receive(receive, connection.Descriptor));
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();
        connection.Peer.Send("more"u8);
        Assert.Equal("more"u8, connection.Owner.Next().Bytes);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_receive_into_memory_takes_no_more_than_fits_and_leaves_the_rest(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var memory = connection.Memory(new byte[6]);
        var receive = new Operation(connection.Owner);
        connection.Run(loop => loop.ReceiveInto(receive, connection.Descriptor, memory.Slice(0, 4)));
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();

        connection.Peer.Send("headtail"u8);

        Assert.Equal(4, connection.Owner.Next().Count);
        Assert.Equal("head"u8, memory.Span[..4]);
        connection.Run(loop => loop.ReceiveInto(receive, connection.Descriptor, memory));
        Assert.Equal(4, connection.Owner.Next().Count);
        Assert.Equal("tail"u8, memory.Span[..4]);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_message_without_a_record_type_is_received_as_bytes(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var memory = connection.Memory(new byte[16]);
        connection.Run(loop => loop.ReceiveMessage(new Operation(connection.Owner), connection.Descriptor, memory));
        connection.Thread.FinishTurns();

        connection.Peer.Send("plain"u8);

        var outcome = connection.Owner.Next();
        Assert.Equal((5, Errno.None, (byte)0), (outcome.Count, outcome.Error, outcome.RecordType));
        Assert.Equal("plain"u8, memory.Span[..5]);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_receive_that_finds_no_buffer_ends_and_goes_on_when_submitted_again(string kind)
    {
        using var connection = new ConnectedLoop(Variants.WithTwoBuffers(kind));
        var sent = RandomNumberGenerator.GetBytes(12 * 4096);
        connection.Peer.Send(sent);
        var receive = new Operation(connection.Owner);

        connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));

        Assert.Equal(sent, connection.ReceiveAll(receive, sent.Length));
        Assert.NotEqual(0, connection.Loop.Statistics.BuffersExhausted);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void What_came_while_no_receive_was_pending_is_found_by_the_next(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var receive = new Operation(connection.Owner);
        for (var i = 0; i < 20; i++)
        {
            connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));
            connection.Peer.Send("one"u8);
            Assert.Equal("one"u8, connection.Owner.Next().Bytes);
            connection.Run(loop => loop.Cancel(receive));
            connection.Owner.ExpectEnd(Errno.ECANCELED);

            connection.Peer.Send("two"u8);
            connection.Thread.FinishTurns();
            connection.Owner.ExpectNothing();

            connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));
            Assert.Equal("two"u8, connection.Owner.Next().Bytes);
            connection.Run(loop => loop.Cancel(receive));
            connection.Owner.ExpectEnd(Errno.ECANCELED);
        }
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public async Task A_connection_that_never_pauses_keeps_no_other_waiting(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var sink = new Sink(connection.Loop);
        var flood = new Operation(sink);
        connection.Run(loop => loop.ReceiveMultishot(flood, connection.Descriptor));
        using var over = new CancellationTokenSource();
        var flooding = Task.Run(() =>
        {
            var bytes = new byte[256 * 1024];
            while (!over.IsCancellationRequested)
                connection.Peer.Send(bytes);
        });
        while (connection.Thread.Do(() => sink.Received) < 1 << 20)
            await Task.Yield();

        for (var i = 0; i < 10; i++)
        {
            var (descriptor, peer) = connection.Connect();
            var receive = new Operation(connection.Owner);
            connection.Run(loop => loop.ReceiveMultishot(receive, descriptor));
            peer.Send("small"u8);
            Assert.Equal("small"u8, connection.Owner.Next().Bytes);
        }

        await over.CancelAsync();
        await flooding;
    }

    /// <summary>Drops what it receives.</summary>
    private sealed class Sink(EventLoop loop) : ICompletionHandler
    {
        public long Received { get; private set; }

        public void OnCompleted(Operation operation, in OperationResult result)
        {
            Received += result.Count;
            if (!result.More && (result.Count > 0 || result.Error == Errno.ENOBUFS))
                loop.ReceiveMultishot(operation, operation.Descriptor);
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
