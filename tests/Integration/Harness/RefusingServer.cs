using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An address of its own where nobody listens: connections are refused.</summary>
internal sealed class RefusingServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingServer() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    /// <summary>Address and port.</summary>
    public string Address => _socket.LocalEndPoint!.ToString()!;

    public string Url => "http://" + Address;

    public void Dispose() => _socket.Dispose();
}
