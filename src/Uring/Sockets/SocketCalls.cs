using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.PollConstants;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Uring.Sockets;

/// <summary>The kernel's sockets.</summary>
public sealed unsafe class SocketCalls : ISocketCalls
{
    public Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
            return Libc.setsockopt(descriptor, level, option, pointer, (uint)value.Length) < 0 ? Libc.LastError : Errno.None;
    }

    public Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length)
    {
        var size = (uint)value.Length;
        fixed (byte* pointer = value)
        {
            var failed = Libc.getsockopt(descriptor, level, option, pointer, &size) < 0;
            length = failed ? 0 : (int)size;
            return failed ? Libc.LastError : Errno.None;
        }
    }

    public Errno ShutdownSend(int descriptor) => Libc.shutdown(descriptor, Libc.SHUT_WR) < 0 ? Libc.LastError : Errno.None;

    public Errno Reset(int descriptor)
    {
        // A sockaddr of the family AF_UNSPEC, which is 0.
        var address = stackalloc byte[16];
        new Span<byte>(address, 16).Clear();
        return Libc.connect(descriptor, address, 16) < 0 ? Libc.LastError : Errno.None;
    }

    public bool HasInput(int descriptor)
    {
        // FIONREAD counts the bytes of a cut TLS record too, which poll doesn't tell of; poll tells of ends, errors and opened records.
        var bytes = 0;
        var entry = new PollEntry { Fd = descriptor, Events = POLLIN };
        return (Libc.ioctl(descriptor, Libc.FIONREAD, &bytes) == 0 && bytes > 0) || Libc.poll(&entry, 1, 0) != 0;
    }

    public int PeerAddress(int descriptor, Span<byte> text)
    {
        var address = stackalloc byte[SocketAddressText.MaximumLength];
        var length = (uint)SocketAddressText.MaximumLength;
        if (Libc.getpeername(descriptor, address, &length) < 0)
            return 0;
        var endPoint = SocketAddressText.Read(new ReadOnlySpan<byte>(address, (int)length));
        if (endPoint is null)
            return 0;
        var shown = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        return shown.TryFormat(text, out var written) ? written : 0;
    }

    public Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound)
    {
        bound = endPoint;
        var error = OpenTcp(endPoint.AddressFamily, out descriptor);
        if (error != Errno.None)
            return error;
        error = Prepare(descriptor, endPoint, options);
        if (error == Errno.None)
            error = Bind(descriptor, endPoint);
        if (error == Errno.None && Libc.listen(descriptor, options.Backlog) < 0)
            error = Libc.LastError;
        if (error == Errno.None)
            bound = LocalAddress(descriptor) ?? endPoint;
        else
            _ = Libc.close(descriptor);
        return error;
    }

    /// <summary>Whether the address can be listened on without sharing it.</summary>
    /// <returns>EADDRINUSE where another socket listens there, whether or not it would share.</returns>
    public Errno Probe(IPEndPoint endPoint, ListenOptions options)
    {
        var error = OpenTcp(endPoint.AddressFamily, out var descriptor);
        if (error != Errno.None)
            return error;
        error = Prepare(descriptor, endPoint, options with { SharesPort = false });
        if (error == Errno.None)
            error = Bind(descriptor, endPoint);
        _ = Libc.close(descriptor);
        return error;
    }

    /// <summary>A further descriptor of the same socket (close-on-exec).</summary>
    public static Errno Duplicate(int descriptor, out int duplicate)
    {
        duplicate = Libc.fcntl(descriptor, Libc.F_DUPFD_CLOEXEC, 0);
        return duplicate < 0 ? Libc.LastError : Errno.None;
    }

    /// <summary>The address of a listening TCP socket; null for any other descriptor.</summary>
    public static IPEndPoint? ListeningAddress(int descriptor)
    {
        var listens = 0;
        var length = (uint)sizeof(int);
        return Libc.getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, (byte*)&listens, &length) == 0 && listens != 0
            ? LocalAddress(descriptor)
            : null;
    }

    public Errno Accept(int listener, out int descriptor)
    {
        descriptor = Libc.accept4(listener, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        return descriptor < 0 ? Libc.LastError : Errno.None;
    }

    public Errno OpenTcp(AddressFamily family, out int descriptor) =>
        OpenStream(family == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET, out descriptor);

    public Errno OpenUnix(out int descriptor) => OpenStream(Libc.AF_UNIX, out descriptor);

    public Errno Close(int descriptor) => Libc.close(descriptor) < 0 ? Libc.LastError : Errno.None;

    private static Errno OpenStream(int family, out int descriptor)
    {
        descriptor = Libc.socket(family, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        return descriptor < 0 ? Libc.LastError : Errno.None;
    }

    private Errno Prepare(int descriptor, IPEndPoint endPoint, ListenOptions options)
    {
        var error = SetFlag(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
        if (error == Errno.None && options.SharesPort)
            error = SetFlag(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
        if (error == Errno.None)
            error = SetFlag(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
        if (error == Errno.None && options.SendBufferBytes is { } bytes)
            error = SetFlag(descriptor, SOL_SOCKET, SO_SNDBUF, bytes);
        if (error == Errno.None && endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            error = SetFlag(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, options.IPv6Only ? 1 : 0);
        return error;
    }

    private Errno SetFlag(int descriptor, int level, int option, int value) =>
        SetOption(descriptor, level, option, new ReadOnlySpan<byte>(&value, sizeof(int)));

    private static Errno Bind(int descriptor, IPEndPoint endPoint)
    {
        var address = stackalloc byte[SocketAddressText.MaximumLength];
        var length = SocketAddressText.Write(endPoint, new Span<byte>(address, SocketAddressText.MaximumLength));
        return Libc.bind(descriptor, address, (uint)length) < 0 ? Libc.LastError : Errno.None;
    }

    private static IPEndPoint? LocalAddress(int descriptor)
    {
        var address = stackalloc byte[SocketAddressText.MaximumLength];
        var length = (uint)SocketAddressText.MaximumLength;
        return Libc.getsockname(descriptor, address, &length) < 0
            ? null
            : SocketAddressText.Read(new ReadOnlySpan<byte>(address, (int)length));
    }
}
