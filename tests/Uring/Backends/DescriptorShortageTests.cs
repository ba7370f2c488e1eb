using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Tests.Interop;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>What happens when the process may open no more files.</summary>
[Collection("alone")]
public sealed class DescriptorShortageTests
{
    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public void An_accept_ends_for_want_of_a_descriptor_and_goes_on_when_there_is_one(string kind)
    {
        using var thread = new LoopThread(Variants.Request(kind));
        var (listener, port) = thread.Listen();
        var recorder = new Recorder();
        var accept = new Operation(recorder);
        // The loop has seen the listening socket empty, so that it can know of the connections by an event alone.
        thread.Run(() => thread.Loop.Accept(accept, listener));
        thread.FinishTurns();
        thread.Run(() => thread.Loop.Cancel(accept));
        recorder.ExpectEnd(Errno.ECANCELED);
        var clients = Enumerable.Range(0, 3)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        using (var shortage = new DescriptorShortage())
        {
            foreach (var client in clients)
                client.Connect("127.0.0.1", port);
            for (var i = 0; i < 3; i++)
            {
                shortage.Fill();
                thread.Run(() => thread.Loop.Accept(accept, listener));
                recorder.ExpectEnd(Errno.EMFILE);
            }

            shortage.Relent();
            thread.Run(() => thread.Loop.Accept(accept, listener));
            Assert.Equal(Errno.None, recorder.Next().Error);
            recorder.ExpectEnd(Errno.EMFILE);
        }

        thread.Run(() => thread.Loop.Accept(accept, listener));
        Assert.Equal(Errno.None, recorder.Next().Error);
        Assert.Equal(Errno.None, recorder.Next().Error);
        foreach (var client in clients)
            client.Dispose();
    }
}
