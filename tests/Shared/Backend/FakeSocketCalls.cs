using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Testing.Backend;

/// <summary>System calls on the fake back end's sockets.</summary>
internal sealed class FakeSocketCalls(
    FakeDescriptors descriptors, OutstandingOperations outstanding, FakeKernel kernel, FakeFaults faults, Random random) : ISocketCalls
{
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const int SO_LINGER = 13;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int TCP_ULP = 31;
    private const int SO_KEEPALIVE = 9;
    private const int TCP_KEEPIDLE = 4;
    private const int TCP_KEEPINTVL = 5;
    private const int SOL_TLS = 282;

    public Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value)
    {
        var socket = descriptors.Socket(descriptor);
        switch (level, option)
        {
            case (SOL_SOCKET, SO_LINGER):
                socket.ResetsOnClose = BitConverter.ToInt32(value) != 0 && BitConverter.ToInt32(value[4..]) == 0;
                return Errno.None;
            case (SOL_SOCKET, SO_KEEPALIVE) or (IPPROTO_TCP, TCP_NODELAY or TCP_KEEPIDLE or TCP_KEEPINTVL):
                return Errno.None;
            case (IPPROTO_TCP, TCP_ULP):
                return value.SequenceEqual("tls"u8) ? Attach(socket) : Errno.ENOENT;
            case (SOL_TLS, _):
                return SetKey(socket, option, value);
            default:
                throw new NotSupportedException($"Socket option {level}/{option} isn't faked.");
        }
    }

    public Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length)
    {
        if (level != SOL_SOCKET || option != SO_ERROR)
            throw new NotSupportedException($"Socket option {level}/{option} isn't faked.");
        var socket = descriptors.Socket(descriptor);
        length = sizeof(int);
        BitConverter.TryWriteBytes(value, (int)(socket.IsReset ? Errno.ECONNRESET : socket.Error));
        socket.Error = Errno.None;
        return Errno.None;
    }

    public Errno ShutdownSend(int descriptor)
    {
        var socket = descriptors.Socket(descriptor);
        if (outstanding.Sends(socket))
            throw new InvalidOperationException("The sending side was shut down while a send was pending.");
        return socket.ShutDown();
    }

    public Errno Reset(int descriptor)
    {
        var socket = descriptors.Socket(descriptor);
        if (socket.Tls is not null)
            return Errno.EOPNOTSUPP;
        socket.Break();
        return Errno.None;
    }

    public bool HasInput(int descriptor)
    {
        if (descriptors.Find(descriptor) is FakeListener listener)
            return listener.Waiting.Count > 0;
        var socket = descriptors.Socket(descriptor);
        return socket.CanReceive || socket.Inbound.Count > 0;
    }

    public int PeerAddress(int descriptor, Span<byte> text) =>
        descriptors.Socket(descriptor).IsReset ? 0 : Encoding.ASCII.GetBytes("127.0.0.1", text);

    public Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound)
    {
        descriptor = descriptors.Add(new FakeListener());
        bound = endPoint;
        return Errno.None;
    }

    public Errno Accept(int listener, out int descriptor)
    {
        var file = (FakeListener)descriptors.Find(listener);
        if (outstanding.Accepts(file))
            throw new InvalidOperationException("A connection was accepted by a call while an accept was pending.");
        descriptor = -1;
        if (!file.Waiting.TryPeek(out var socket))
            return Errno.EAGAIN;
        if (descriptors.Count >= faults.DescriptorLimit)
            return Errno.EMFILE;
        file.Waiting.Dequeue();
        socket.WasAccepted = true;
        descriptor = descriptors.Add(socket);
        return Errno.None;
    }

    public Errno OpenTcp(AddressFamily family, out int descriptor) => Open(out descriptor);

    public Errno OpenUnix(out int descriptor) => Open(out descriptor);

    public Errno Close(int descriptor)
    {
        var file = descriptors.Find(descriptor);
        if (outstanding.Sends(file) || outstanding.Receives(file) || outstanding.Connects(file))
            throw new InvalidOperationException("A descriptor was closed while something was pending on it.");
        FakeTransfers.CloseFile(file);
        descriptors.Remove(descriptor);
        return Errno.None;
    }

    private Errno Open(out int descriptor)
    {
        descriptor = -1;
        if (descriptors.Count >= faults.DescriptorLimit)
            return Errno.EMFILE;
        descriptor = descriptors.Add(new FakeSocket(random, kernel.SendBufferBytes) { IsConnected = false });
        return Errno.None;
    }

    private Errno Attach(FakeSocket socket)
    {
        if (socket.IsReset)
            return Errno.ENOTCONN;
        if (kernel.Attach != Errno.None)
            return kernel.Attach;
        if (socket.Tls is not null)
            return Errno.EEXIST;
        socket.Tls = new FakeKernelTls(kernel);
        return Errno.None;
    }

    private Errno SetKey(FakeSocket socket, int direction, ReadOnlySpan<byte> info)
    {
        if (direction == FakeKernelTls.TLS_TX ? outstanding.Sends(socket) : outstanding.Receives(socket))
            throw new InvalidOperationException("The keys of a direction were set while an operation was pending in it.");
        return socket.Tls is { } tls ? tls.SetKey(direction, info) : Errno.ENOPROTOOPT;
    }
}
