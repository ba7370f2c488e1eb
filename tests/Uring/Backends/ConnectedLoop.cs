using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>A loop with a listening socket and one connection: an accepted descriptor of the loop's, and its peer on a blocking
/// socket.</summary>
internal sealed class ConnectedLoop : IDisposable
{
    private readonly LoopThread _thread;
    private readonly SegmentPool _pool = new();
    private readonly Operation _accept;
    private readonly Recorder _accepted = new();
    private readonly List<Socket> _peers = [];
    private readonly List<int> _descriptors = [];
    private readonly List<Segment> _segments = [];

    /// <param name="sendBufferBytes">SO_SNDBUF of the loop's side.</param>
    public ConnectedLoop(BackendRequest request, int? sendBufferBytes = null)
    {
        _thread = new LoopThread(request);
        (Listener, Port) = _thread.Listen(sendBufferBytes);
        _accept = new Operation(_accepted);
        Run(loop => loop.Accept(_accept, Listener));
        (Descriptor, Peer) = Connect();
    }

    public LoopThread Thread => _thread;

    public EventLoop Loop => _thread.Loop;

    public int Listener { get; }

    public int Port { get; }

    public int Descriptor { get; }

    public Socket Peer { get; }

    /// <summary>Owns what the test submits.</summary>
    public Recorder Owner { get; } = new();

    /// <summary>One more connection.</summary>
    public (int Descriptor, Socket Peer) Connect()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        peer.SendTimeout = peer.ReceiveTimeout = 60_000;
        peer.ReceiveBufferSize = 16 * 1024;
        peer.Connect(IPAddress.Loopback, Port);
        _peers.Add(peer);
        var outcome = _accepted.Next();
        Assert.Equal(Errno.None, outcome.Error);
        if (!outcome.More)
            Run(loop => loop.Accept(_accept, Listener));
        _descriptors.Add(outcome.Count);
        return (outcome.Count, peer);
    }

    public void Run(Action<EventLoop> work) => _thread.Run(() => work(Loop));

    /// <summary>Memory with these bytes, kept until the end.</summary>
    public NativeSlice Memory(ReadOnlySpan<byte> bytes)
    {
        var segment = _pool.TryRent(bytes.Length)!;
        _segments.Add(segment);
        bytes.CopyTo(segment.Memory.Span);
        return segment.Memory.Slice(0, bytes.Length);
    }

    /// <summary>Closes a descriptor of the loop's side.</summary>
    public Errno Close(int descriptor)
    {
        _descriptors.Remove(descriptor);
        return _thread.Do(() => Loop.Sockets.Close(descriptor));
    }

    /// <summary>Says that the loop has closed a descriptor.</summary>
    public void OnClosed(int descriptor) => _descriptors.Remove(descriptor);

    /// <summary>Reads what the loop sends until so many bytes are there.</summary>
    public byte[] ReadPeer(int length)
    {
        var read = new byte[length];
        for (var got = 0; got < length;)
        {
            var count = Peer.Receive(read.AsSpan(got));
            Assert.NotEqual(0, count);
            got += count;
        }

        return read;
    }

    /// <summary>Receives into pool buffers, submitting again where the operation ended for want of them, until so many bytes are
    /// there.</summary>
    public byte[] ReceiveAll(Operation operation, int length)
    {
        var received = new List<byte>();
        while (received.Count < length)
        {
            var outcome = Owner.Next();
            Assert.True(outcome.Error is Errno.None or Errno.ENOBUFS, $"The receive failed: {outcome.Error}.");
            received.AddRange(outcome.Bytes);
            if (!outcome.More && received.Count < length)
                Run(loop => loop.ReceiveMultishot(operation, Descriptor));
        }

        Assert.Equal(length, received.Count);
        return [.. received];
    }

    /// <summary>Sends until neither socket takes more; what follows has to wait.</summary>
    /// <returns>The bytes sent.</returns>
    public int Fill(Operation send)
    {
        var memory = Memory(new byte[1 << 20]);
        var filled = 0;
        while (true)
        {
            Run(loop => loop.Send(send, Descriptor, memory));
            while (MayMove())
                System.Threading.Thread.Yield();
            _thread.FinishTurns();
            if (_thread.Do(() => send.IsPending))
                break;
            var outcome = Owner.Next();
            Assert.Equal(Errno.None, outcome.Error);
            filled += outcome.Count;
        }

        Run(loop => loop.Cancel(send));
        var last = Owner.Next();
        Assert.True(last.Error is Errno.None or Errno.ECANCELED, $"The send failed: {last.Error}.");
        return filled + last.Count;
    }

    public void Dispose()
    {
        foreach (var peer in _peers)
            peer.Dispose();
        foreach (var descriptor in _descriptors.Append(Listener).ToArray())
            Close(descriptor);
        _thread.Dispose();
        foreach (var segment in _segments)
            segment.Release();
        _pool.Dispose();
    }

    /// <summary>Whether TCP may still take bytes out of the send buffer by itself: it waits for an acknowledgement, or the peer's window
    /// isn't closed (struct tcp_info, linux/tcp.h).</summary>
    private bool MayMove()
    {
        const int Unacknowledged = 24;
        const int NotSent = 144;
        const int SendWindow = 228;
        var info = new byte[240];
        Assert.Equal(Errno.None, _thread.Do(() => Loop.Sockets.GetOption(Descriptor, 6, 11, info, out _)));
        uint At(int offset) => BitConverter.ToUInt32(info, offset);
        return At(Unacknowledged) > 0 || (At(NotSent) > 0 && At(SendWindow) > 0);
    }
}
