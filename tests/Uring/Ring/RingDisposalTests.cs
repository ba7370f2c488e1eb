using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Ring;
using TlsProxy.Uring.Tests.Backends;

namespace TlsProxy.Uring.Tests.Ring;

public sealed class RingDisposalTests
{
    [Fact]
    public void What_is_pending_has_ended_when_a_ring_is_disposed()
    {
        using var pool = new SegmentPool();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (var run = 0; run < 20; run++)
        {
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            peer.Connect(listener.LocalEndPoint!);
            using var accepted = listener.Accept();
            var memory = pool.TryRent(4096)!;
            memory.Memory.Span.Clear();
            DisposeWhileReceiving((int)accepted.SafeHandle.DangerousGetHandle(), memory.Memory);

            // A receive that was still there would take the bytes, and write them to memory that may be another's.
            peer.Send("bytes"u8);
            accepted.ReceiveTimeout = 10_000;
            var received = new byte[16];

            Assert.Equal(5, accepted.Receive(received));
            Assert.Equal(-1, memory.Memory.Span.IndexOfAnyExcept((byte)0));
            memory.Release();
        }
    }

    private static void DisposeWhileReceiving(int descriptor, NativeSlice memory)
    {
        var backend = RingBackend.TryCreate(new RingOptions(), out var failure);
        Assert.SkipWhen(backend is null && failure!.IsRefusal, $"SKIPPED: {failure?.Reason}");
        var loop = new EventLoop(backend!);
        loop.ReceiveInto(new Operation(new Recorder()), descriptor, memory);
        loop.Turn(wait: false);
        loop.Dispose();
    }
}
