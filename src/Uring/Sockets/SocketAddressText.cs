using System.Buffers.Binary;
using System.Net;
using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Sockets;

/// <summary>struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)) to and from end points and text.</summary>
public static class SocketAddressText
{
    /// <summary>sizeof(struct sockaddr_in6), the larger of the two.</summary>
    public const int MaximumLength = 28;

    /// <summary>Writes the kernel's form of an end point.</summary>
    /// <returns>The bytes written.</returns>
    public static int Write(IPEndPoint endPoint, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var isV6 = endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var length = isV6 ? MaximumLength : 16;
        destination[..length].Clear();
        BitConverter.TryWriteBytes(destination, (ushort)(isV6 ? Libc.AF_INET6 : Libc.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(destination[(isV6 ? 8 : 4)..], out _);
        if (isV6)
            BitConverter.TryWriteBytes(destination[24..], (uint)endPoint.Address.ScopeId);
        return length;
    }

    /// <summary>Reads the kernel's form; null for other families.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> source)
    {
        if (source.Length < 16)
            return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BitConverter.ToUInt16(source) switch
        {
            Libc.AF_INET => new IPEndPoint(new IPAddress(source.Slice(4, 4)), port),
            Libc.AF_INET6 when source.Length >= MaximumLength =>
                new IPEndPoint(new IPAddress(source.Slice(8, 16), BitConverter.ToUInt32(source[24..])), port),
            _ => null,
        };
    }
}
