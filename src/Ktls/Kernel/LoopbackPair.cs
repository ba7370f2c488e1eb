using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Ktls.Kernel;

/// <summary>A TCP connection of this process with itself.</summary>
internal sealed class LoopbackPair : IDisposable
{
    /// <exception cref="SocketException">There are no descriptors, or there is no loopback interface.</exception>
    public LoopbackPair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Peer.Connect(listener.LocalEndPoint!);
            Ours = listener.Accept();
        }
        catch
        {
            Peer.Dispose();
            throw;
        }
    }

    /// <summary>The end whose records are looked at.</summary>
    public Socket Ours { get; }

    public Socket Peer { get; }

    public void Dispose()
    {
        Ours.Dispose();
        Peer.Dispose();
    }
}
