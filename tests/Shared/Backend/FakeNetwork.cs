using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Uring;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Testing.Backend;

/// <summary>The addresses that sockets of fake back ends can connect to; several back ends may share it. Nobody listens anywhere
/// else.</summary>
public sealed class FakeNetwork
{
    private readonly Dictionary<string, FakeOrigin> _origins = [];

    /// <summary>An origin that takes connections at an address until it is told otherwise.</summary>
    public FakeOrigin Listen(EndPoint address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var origin = new FakeOrigin();
        _origins.Add(address.ToString()!, origin);
        return origin;
    }

    /// <summary>The origin at a socket address in the kernel's form, or the error of a connect to an address without one.</summary>
    internal FakeOrigin? Find(ReadOnlySpan<byte> address, out Errno error)
    {
        var isUnix = BitConverter.ToUInt16(address) == (ushort)AddressFamily.Unix;
        error = isUnix ? Errno.ENOENT : Errno.ECONNREFUSED;
        var name = isUnix ? PathOf(address) : SocketAddressText.Read(address)?.ToString();
        return _origins.GetValueOrDefault(name ?? throw new InvalidOperationException("A connect has an invalid address."));
    }

    private static string PathOf(ReadOnlySpan<byte> address)
    {
        var path = address[sizeof(ushort)..];
        return path.Length > 1 && path[^1] == 0
            ? Encoding.UTF8.GetString(path[..^1])
            : throw new InvalidOperationException("A path of a UNIX socket doesn't end with NUL.");
    }
}
