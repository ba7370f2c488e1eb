using TlsProxy.Uring;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Ktls.Channel;

/// <summary>Finds out whether a peer that sends no more has gone altogether, of which nothing tells while nothing is sent to it.</summary>
internal static class PeerProbe
{
    // Ints as setsockopt(2) takes them. A peer that doesn't answer nine probes has gone, too.
    private static readonly byte[] One = [1, 0, 0, 0];
    private static readonly byte[] ProbeSeconds = [10, 0, 0, 0];

    /// <summary>From the first question on the kernel probes the peer (SO_KEEPALIVE, tcp(7)); a reset that answered, or came before, is
    /// found here.</summary>
    public static bool HasGone(ISocketCalls sockets, int descriptor)
    {
        _ = sockets.SetOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, One);
        _ = sockets.SetOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, ProbeSeconds);
        _ = sockets.SetOption(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, ProbeSeconds);
        Span<byte> error = stackalloc byte[sizeof(int)];
        var read = sockets.GetOption(descriptor, SOL_SOCKET, SO_ERROR, error, out _);
        return read != Errno.None || BitConverter.ToInt32(error) != 0;
    }
}
