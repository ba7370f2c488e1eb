using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Bench.Load;

internal static class Ports
{
    /// <summary>Ports of the loopback address that nobody listened on a moment ago.</summary>
    public static int[] Free(int count)
    {
        var held = new List<TcpListener>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                held.Add(new TcpListener(IPAddress.Loopback, 0));
                held[^1].Start();
            }

            return [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in held)
                listener.Dispose();
        }
    }
}
