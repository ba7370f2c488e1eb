using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends;

public sealed class AcceptTests
{
    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void One_operation_accepts_every_connection_those_that_waited_included(string kind)
    {
        using var thread = new LoopThread(Variants.Request(kind));
        var (listener, port) = thread.Listen();
        var recorder = new Recorder();
        var accept = new Operation(recorder);
        var early = Enumerable.Range(0, 100).Select(_ => new TcpClient("127.0.0.1", port)).ToArray();
        thread.Run(() => thread.Loop.Accept(accept, listener));
        var accepted = early.Select(_ => recorder.Next()).ToList();
        var late = Enumerable.Range(0, 10).Select(_ => new TcpClient("127.0.0.1", port)).ToArray();
        accepted.AddRange(late.Select(_ => recorder.Next()));

        Assert.All(accepted, outcome => Assert.Equal((Errno.None, true), (outcome.Error, outcome.More)));
        Assert.Equal(110, accepted.Select(outcome => outcome.Count).Distinct().Count());

        foreach (var outcome in accepted)
            thread.Run(() => thread.Loop.Sockets.Close(outcome.Count));
        foreach (var client in early.Concat(late))
            client.Dispose();
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void A_cancelled_accept_leaves_later_connections_alone_until_it_is_submitted_again(string kind)
    {
        using var thread = new LoopThread(Variants.Request(kind));
        var (listener, port) = thread.Listen();
        var recorder = new Recorder();
        var accept = new Operation(recorder);
        thread.Run(() => thread.Loop.Accept(accept, listener));
        thread.FinishTurns();
        thread.Run(() => thread.Loop.Cancel(accept));
        recorder.ExpectEnd(Errno.ECANCELED);

        using var client = new TcpClient("127.0.0.1", port);
        thread.FinishTurns();
        recorder.ExpectNothing();

        thread.Run(() => thread.Loop.Accept(accept, listener));
        Assert.Equal(Errno.None, recorder.Next().Error);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void An_accept_on_what_does_not_listen_fails(string kind)
    {
        using var thread = new LoopThread(Variants.Request(kind));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var recorder = new Recorder();
        thread.Run(() => thread.Loop.Accept(new Operation(recorder), (int)socket.Handle));
        recorder.ExpectEnd(Errno.EINVAL);
    }
}
