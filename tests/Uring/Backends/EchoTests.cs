using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>Whole conversations with a server that is written on the loop's operations alone.</summary>
public sealed class EchoTests
{
    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public async Task Bytes_come_back_in_order_on_many_connections_at_once(string variant)
    {
        using var pool = new SegmentPool();
        using var thread = new LoopThread(Variants.Request(variant));
        var (listener, port) = thread.Listen();
        var server = thread.Do(() => new EchoServer(thread.Loop, pool, listener));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => EchoOnce(port, 200_000 + i)));

        Assert.Equal(20, thread.Do(() => server.Accepted));
    }

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public async Task After_many_connections_no_segment_and_no_operation_is_left(string variant)
    {
        using var pool = new SegmentPool();
        using var thread = new LoopThread(Variants.Request(variant));
        var (listener, port) = thread.Listen();
        var server = thread.Do(() => new EchoServer(thread.Loop, pool, listener));

        for (var i = 0; i < 300; i++)
            await EchoOnce(port, 100);

        // The last close completes in a turn of its own; each question below takes one.
        while (thread.Do(() => server.Closed) < 300)
            await Task.Yield();
        Assert.Equal(0, pool.RentedSegments);
        Assert.Equal(1, thread.Do(() => thread.Loop.PendingOperations));
    }

    [Fact]
    public async Task Registered_buffers_send_what_lies_in_them_when_their_memory_has_been_unmapped_and_mapped_again()
    {
        using var thread = new LoopThread(Variants.Request("io_uring with registered buffers"));
        var (listener, port) = thread.Listen();
        for (var round = 0; round < 50; round++)
        {
            // A pool of its own unmaps everything at its end, so that the kernel gives the same addresses again.
            using var pool = new SegmentPool();
            var server = thread.Do(() => new EchoServer(thread.Loop, pool, listener));
            await EchoOnce(port, 100_000 + round);
            while (thread.Do(() => server.Closed) == 0)
                await Task.Yield();
            thread.Run(server.Stop);
        }
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public async Task An_idle_loop_makes_no_system_call(string kind)
    {
        using var pool = new SegmentPool();
        using var thread = new LoopThread(Variants.Request(kind));
        var (listener, port) = thread.Listen();
        thread.Do(() => new EchoServer(thread.Loop, pool, listener));
        using var client = await Connect(port);
        await client.SendAsync(new byte[] { 1 });
        await client.ReceiveAsync(new byte[1]);
        thread.Do(() => 0);
        var before = thread.Loop.Statistics.Enters;

        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        // One enter may have been on its way when the count was taken: the one that then slept.
        Assert.InRange(thread.Loop.Statistics.Enters - before, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Variants.Kinds), MemberType = typeof(Variants))]
    public async Task A_round_trip_allocates_nothing(string kind)
    {
        using var pool = new SegmentPool();
        using var thread = new LoopThread(Variants.Request(kind));
        var (listener, port) = thread.Listen();
        thread.Do(() => new EchoServer(thread.Loop, pool, listener));
        using var client = await Connect(port);
        for (var i = 0; i < 2000; i++)
            RoundTrip(client);

        var before = thread.Do(GC.GetAllocatedBytesForCurrentThread);
        var idle = thread.Do(GC.GetAllocatedBytesForCurrentThread) - before;
        before = thread.Do(GC.GetAllocatedBytesForCurrentThread);
        for (var i = 0; i < 2000; i++)
            RoundTrip(client);
        var during = thread.Do(GC.GetAllocatedBytesForCurrentThread) - before;

        Assert.Equal(idle, during);
    }

    private static void RoundTrip(Socket client)
    {
        Span<byte> bytes = stackalloc byte[64];
        client.Send(bytes);
        var got = 0;
        while (got < bytes.Length)
            got += client.Receive(bytes[got..]);
    }

    private static async Task<Socket> Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task EchoOnce(int port, int length)
    {
        var sent = RandomNumberGenerator.GetBytes(length);
        var received = new byte[length];
        using var client = await Connect(port);
        await using var stream = new NetworkStream(client);
        var writing = stream.WriteAsync(sent).AsTask();
        await stream.ReadExactlyAsync(received);
        await writing;
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }
}
