using System.Net.Sockets;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Tests.Workers;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>A worker that has served more connections at once than it keeps.</summary>
[Collection("alone")]
public sealed class WorkerBytesTests : IDisposable
{
    private const int Connections = WorkerBytes.SpareConnections + 200;

    // What the test's own sockets take, and the runtime while it measures.
    private const int Noise = (Connections * 1024) + (1 << 20);

    private readonly TurnedWorker _worker = new(
        "epoll", new TurnedWorkerOptions { Connections = new ConnectionLimit(2 * Connections, workers: 1, unasked: 0) });

    public WorkerBytesTests()
    {
        // The first brings what is there once.
        _worker.ConnectKept().Dispose();
        _worker.TurnUntil(() => _worker.Open == 0);
    }

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void Open_connections()
    {
        var held = HeldBytes.Of(Connect);
        Assert.Equal(Connections, _worker.Open);
        Assert.InRange(held, 0, ((long)Connections * ConnectionBytes.Objects) + Noise);
    }

    [Fact]
    public void Closed_connections_that_are_kept_for_reuse()
    {
        var held = HeldBytes.Of(() =>
        {
            Array.ForEach(Connect(), client => client.Dispose());
            _worker.TurnUntil(() => _worker.Open == 0);
            return _worker;
        });
        Assert.InRange(held, 0, ((long)WorkerBytes.SpareConnections * ConnectionBytes.Objects) + Noise);
    }

    [Fact]
    public void Buffers_for_what_is_received()
    {
        var (ring, epoll) = (new RingOptions(), new EpollOptions());
        Assert.InRange((long)ring.ReceiveBuffers * ring.ReceiveBufferBytes, 1, WorkerBytes.LoopMaximum / 2);
        Assert.InRange((long)epoll.ReceiveBuffers * epoll.ReceiveBufferBytes, 1, WorkerBytes.LoopMaximum / 2);
    }

    private Socket[] Connect() => [.. Enumerable.Range(0, Connections).Select(_ => _worker.ConnectKept())];
}
