using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Tests.Sockets;

public sealed class DescriptorPassingTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("tlsproxy-").FullName, "socket");
    private readonly SocketCalls _sockets = new();
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
    private readonly Socket _receiver;

    public DescriptorPassingTests()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        _sender.Connect(new UnixDomainSocketEndPoint(_path));
        _receiver = listener.Accept();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public void A_listening_socket_accepts_after_its_sender_has_closed_it()
    {
        var sent = Listen(out var address);
        Assert.Equal(Errno.None, DescriptorPassing.Send(_sender, "one"u8, [sent]));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address);
        _sockets.Close(sent);

        var received = Receive(out var message);

        Assert.Equal("one", message);
        var listener = Assert.Single(received);
        Assert.Equal(address, SocketCalls.ListeningAddress(listener));
        Assert.Equal(Errno.None, _sockets.Accept(listener, out var accepted));
        Assert.Null(SocketCalls.ListeningAddress(accepted));
        _sockets.Close(accepted);
        _sockets.Close(listener);
    }

    [Fact]
    public void As_many_as_the_kernel_allows_go_in_one_message()
    {
        var own = (int)_sender.Handle;

        int[] many = [.. Enumerable.Repeat(own, DescriptorPassing.DescriptorsMaximum)];
        Assert.Equal(Errno.None, DescriptorPassing.Send(_sender, "many"u8, many));

        var received = Receive(out _);
        Assert.Equal(DescriptorPassing.DescriptorsMaximum, received.Count);
        received.ForEach(descriptor => _sockets.Close(descriptor));
    }

    [Fact]
    public void A_message_that_does_not_fit_leaves_no_descriptor_open()
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var sent = Listen(out var address);
        Assert.Equal(Errno.None, DescriptorPassing.Send(_sender, "too long"u8, [sent]));
        _sockets.Close(sent);
        var descriptors = new List<int>();

        Assert.Equal(Errno.EMSGSIZE, DescriptorPassing.Receive(_receiver, new byte[3], descriptors, out _));

        Assert.Empty(descriptors);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() => client.Connect(address)).SocketErrorCode);
    }

    [Fact]
    public void Nothing_waits()
    {
        Assert.Equal(Errno.EAGAIN, DescriptorPassing.Receive(_receiver, new byte[3], [], out _));
        _sender.Dispose();
        Assert.Equal(Errno.None, DescriptorPassing.Receive(_receiver, new byte[3], [], out var length));
        Assert.Equal(0, length);
        Assert.Equal(Errno.EPIPE, DescriptorPassing.Send(_receiver, "late"u8, []));
    }

    [Fact]
    public void The_process_at_the_other_end_is_known()
    {
        Assert.True(DescriptorPassing.IsSameUser(_receiver, out var process));
        Assert.Equal(Environment.ProcessId, process);
    }

    private int Listen(out IPEndPoint address)
    {
        var free = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Equal(Errno.None, _sockets.Listen(free, new ListenOptions(), out var descriptor, out address));
        return descriptor;
    }

    private List<int> Receive(out string message)
    {
        var descriptors = new List<int>();
        var buffer = new byte[100];
        Assert.Equal(Errno.None, DescriptorPassing.Receive(_receiver, buffer, descriptors, out var length));
        message = System.Text.Encoding.ASCII.GetString(buffer, 0, length);
        return descriptors;
    }
}
