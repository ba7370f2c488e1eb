using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class ConnectTests
{
    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_connected_socket_sends_and_receives(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        using var listener = Listen(backlog: 1);
        var descriptor = Begin(connection, new Operation(connection.Owner), listener);
        Assert.Equal((0, Errno.None), (connection.Owner.Next() is var outcome ? outcome.Count : -1, outcome.Error));
        using var accepted = listener.Accept();
        var hello = connection.Memory("hello"u8);
        connection.Run(loop => loop.Send(new Operation(connection.Owner), descriptor, hello));
        Assert.Equal(5, connection.Owner.Next().Count);
        var read = new byte[5];
        Assert.Equal(5, accepted.Receive(read));
        Assert.Equal("hello"u8, read);
        connection.Run(loop => loop.ReceiveMultishot(new Operation(connection.Owner), descriptor));
        accepted.Send("answer"u8);
        Assert.Equal("answer"u8, connection.Owner.Next().Bytes);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_refused_connect_fails_with_the_kernels_error(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Begin(connection, new Operation(connection.Owner), bound);

        connection.Owner.ExpectEnd(Errno.ECONNREFUSED);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_connect_waits_for_an_answer_until_it_is_cancelled(string kind)
    {
        using var connection = new ConnectedLoop(Variants.Request(kind));
        // The kernel drops what a full queue of connections can't take, so that the next connect gets no answer.
        using var listener = Listen(backlog: 0);
        using var first = new TcpClient("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port);
        var connect = new Operation(connection.Owner);
        Begin(connection, connect, listener);
        connection.Thread.FinishTurns();
        connection.Owner.ExpectNothing();

        connection.Run(loop => loop.Cancel(connect));

        connection.Owner.ExpectEnd(Errno.ECANCELED);
    }

    private static Socket Listen(int backlog)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog);
        return listener;
    }

    private static int Begin(ConnectedLoop connection, Operation connect, Socket target)
    {
        var address = connection.Memory(new byte[SocketAddressText.MaximumLength]);
        var length = SocketAddressText.Write((IPEndPoint)target.LocalEndPoint!, address.Span);
        return connection.Thread.Do(() =>
        {
            Assert.Equal(Errno.None, connection.Loop.Sockets.OpenTcp(AddressFamily.InterNetwork, out var descriptor));
            connection.Loop.Connect(connect, descriptor, address.Slice(0, length));
            return descriptor;
        });
    }
}
