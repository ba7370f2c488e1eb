using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>A cancelled operation completes exactly once, in whatever state the cancel finds it.</summary>
public sealed class CancelTests
{
    private static readonly OperationKind[] _kinds =
    [
        OperationKind.Accept, OperationKind.Receive, OperationKind.ReceiveMultishot, OperationKind.ReceiveInto,
        OperationKind.ReceiveMessage,
        OperationKind.Send, OperationKind.SendMessage, OperationKind.Poll,
    ];

    public static TheoryData<string, OperationKind> Cells
    {
        get
        {
            var cells = new TheoryData<string, OperationKind>();
            foreach (var kind in (string[])["io_uring", "epoll"])
                foreach (var operation in _kinds)
                    cells.Add(kind, operation);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void One_that_waits_ends_as_cancelled_and_can_be_submitted_again(string kind, OperationKind operationKind)
    {
        using var connection = Open(kind, operationKind, out var operation, out var listener);
        for (var run = 0; run < 3; run++)
        {
            connection.Run(loop => Submit(connection, loop, operation, operationKind, listener));
            connection.Thread.FinishTurns();
            connection.Owner.ExpectNothing();

            connection.Run(loop => loop.Cancel(operation));

            connection.Owner.ExpectEnd(Errno.ECANCELED);
            Assert.False(connection.Thread.Do(() => operation.IsPending));
        }

        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void One_that_was_submitted_in_the_same_turn_ends_once(string kind, OperationKind operationKind)
    {
        using var connection = Open(kind, operationKind, out var operation, out var listener);
        connection.Run(loop =>
        {
            Submit(connection, loop, operation, operationKind, listener);
            loop.Cancel(operation);
            loop.Cancel(operation);
        });

        connection.Owner.ExpectEnd(Errno.ECANCELED);
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();
        Assert.Equal(0, connection.Loop.Statistics.Stale);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void One_that_has_ended_is_left_alone_and_so_is_its_successor(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var receive = new Operation(connection.Owner);
        connection.Run(loop => loop.Receive(receive, connection.Descriptor));
        connection.Peer.Send("one"u8);
        Assert.Equal("one"u8, connection.Owner.Next().Bytes);
        connection.Run(loop => loop.Cancel(receive));
        connection.Run(loop => loop.Receive(receive, connection.Descriptor));
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();

        connection.Peer.Send("two"u8);

        Assert.Equal("two"u8, connection.Owner.Next().Bytes);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void One_that_is_cancelled_with_bytes_on_their_way_ends_behind_them(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        var receive = new Operation(connection.Owner);
        connection.Peer.Send("bytes"u8);
        connection.Owner.Completing = (operation, outcome) =>
        {
            if (outcome.More)
                connection.Loop.Cancel(operation);
        };
        connection.Run(loop => loop.ReceiveMultishot(receive, connection.Descriptor));

        Assert.Equal("bytes"u8, connection.Owner.Next().Bytes);
        connection.Owner.ExpectEnd(Errno.ECANCELED);
    }

    /// <summary>A connection on which an operation of this kind has to wait.</summary>
    private static ConnectedLoop Open(string kind, OperationKind operationKind, out Operation operation, out int listener)
    {
        var connection = new ConnectedLoop(Variants.Request(kind), sendBufferBytes: 16 * 1024);
        operation = new Operation(connection.Owner);
        if (operationKind is OperationKind.Send or OperationKind.SendMessage)
            connection.Fill(operation);
        listener = connection.Thread.Listen().Descriptor;
        return connection;
    }

    private static void Submit(ConnectedLoop connection, EventLoop loop, Operation operation, OperationKind kind, int listener)
    {
        switch (kind)
        {
            case OperationKind.Accept:
                loop.Accept(operation, listener);
                break;
            case OperationKind.Receive:
                loop.Receive(operation, connection.Descriptor);
                break;
            case OperationKind.ReceiveMultishot:
                loop.ReceiveMultishot(operation, connection.Descriptor);
                break;
            case OperationKind.ReceiveInto:
                loop.ReceiveInto(operation, connection.Descriptor, connection.Memory(new byte[8]));
                break;
            case OperationKind.ReceiveMessage:
                loop.ReceiveMessage(operation, connection.Descriptor, connection.Memory(new byte[8]));
                break;
            case OperationKind.Send:
                loop.Send(operation, connection.Descriptor, connection.Memory(new byte[8]));
                break;
            case OperationKind.SendMessage:
                loop.SendMessage(operation, connection.Descriptor, [connection.Memory(new byte[8]), connection.Memory(new byte[8])]);
                break;
            default:
                loop.Poll(operation, connection.Descriptor, 0x2000);
                break;
        }
    }
}
