using System.Net;

namespace TlsProxy.Uring.Loop;

/// <summary>Socket system calls that complete at once and therefore don't go through the queue. A test's back end answers them itself. What
/// is done to a descriptor of a loop is done through that loop's: a back end may have to know.</summary>
public interface ISocketCalls
{
    /// <summary>setsockopt(2).</summary>
    Errno SetOption(int descriptor, int level, int option, ReadOnlySpan<byte> value);

    /// <summary>getsockopt(2).</summary>
    /// <param name="length">The bytes written to <paramref name="value"/>.</param>
    Errno GetOption(int descriptor, int level, int option, Span<byte> value, out int length);

    /// <summary>shutdown(2) of the sending side.</summary>
    Errno ShutdownSend(int descriptor);

    /// <summary>Resets the connection at once and drops what waits to be sent, so that the kernel frees memory it still sends from
    /// (connect(2) to AF_UNSPEC). The descriptor stays open. A socket whose records the kernel makes refuses.</summary>
    Errno Reset(int descriptor);

    /// <summary>Whether a receive would find something: bytes, a TLS record of the kernel's or a part of one, an end or an error.</summary>
    bool HasInput(int descriptor);

    /// <summary>getpeername(2) as address and port; the address is written in its text form.</summary>
    /// <param name="text">Receives the address in ASCII without port or brackets; 46 bytes suffice.</param>
    /// <returns>The number of bytes written, 0 when the peer is gone.</returns>
    int PeerAddress(int descriptor, Span<byte> text);

    /// <summary>Opens a listening TCP socket (non-blocking, close-on-exec, TCP_NODELAY, which accepted sockets inherit).</summary>
    /// <param name="bound">The address with the port the kernel chose.</param>
    Errno Listen(IPEndPoint endPoint, ListenOptions options, out int descriptor, out IPEndPoint bound);

    /// <summary>accept4(2), for a listening socket without an accept pending.</summary>
    /// <returns>EAGAIN when no connection waits.</returns>
    Errno Accept(int listener, out int descriptor);

    /// <summary>Opens a TCP socket for a connect (non-blocking, close-on-exec).</summary>
    Errno OpenTcp(System.Net.Sockets.AddressFamily family, out int descriptor);

    /// <summary>Opens a UNIX stream socket for a connect (non-blocking, close-on-exec; unix(7)).</summary>
    Errno OpenUnix(out int descriptor);

    /// <summary>close(2), for descriptors on which nothing is pending.</summary>
    Errno Close(int descriptor);
}
