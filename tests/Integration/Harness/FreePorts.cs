using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Ports that nobody has, each another one, since all stay taken until the end. Whoever wants one takes it after that.</summary>
internal sealed class FreePorts : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public int Take()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
