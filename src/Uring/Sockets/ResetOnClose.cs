using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Uring.Sockets;

/// <summary>Has the close of a socket send a reset, so that the peer can't take what it has for the whole (SO_LINGER, socket(7)).</summary>
public static class ResetOnClose
{
    // struct linger: on, with no time.
    private static readonly byte[] s_linger = [1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Sets the option. Where that fails the socket is gone already, which is what was wanted.</summary>
    public static void Set(ISocketCalls sockets, int descriptor)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        _ = sockets.SetOption(descriptor, SOL_SOCKET, SO_LINGER, s_linger);
    }
}
