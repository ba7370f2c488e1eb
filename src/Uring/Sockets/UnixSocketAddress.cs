using System.Net.Sockets;

namespace TlsProxy.Uring.Sockets;

/// <summary>struct sockaddr_un (unix(7)) of an end point: a path, or an abstract name.</summary>
public static class UnixSocketAddress
{
    /// <summary>sizeof(struct sockaddr_un).</summary>
    public const int MaximumLength = 110;

    /// <summary>The longest path in bytes of UTF-8: sun_path has 108 with the closing NUL.</summary>
    public const int PathBytesMaximum = 107;

    /// <summary>Writes the kernel's form of an end point.</summary>
    /// <param name="destination">Room for <see cref="MaximumLength"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The path is longer than <see cref="PathBytesMaximum"/>, or has no byte.</exception>
    public static int Write(UnixDomainSocketEndPoint endPoint, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        // The runtime writes family, path and NUL as the kernel wants them, and an abstract name without the NUL.
        var address = endPoint.Serialize();
        var isPath = address.Size > sizeof(ushort) && address[sizeof(ushort)] != 0;
        var length = address.Size - sizeof(ushort) - (isPath ? 1 : 0);
        if (length is < 1 or > PathBytesMaximum)
            throw new ArgumentException(
                $"The path of a UNIX socket has {length} bytes; it may have 1 to {PathBytesMaximum}.", nameof(endPoint));
        address.Buffer.Span[..address.Size].CopyTo(destination);
        return address.Size;
    }
}
