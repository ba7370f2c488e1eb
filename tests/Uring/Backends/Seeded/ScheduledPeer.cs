using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>The peer of a connection, on a socket of .NET.</summary>
internal sealed class ScheduledPeer(ConnectionPlan plan)
{
    private readonly Random _random = new(plan.Seed + 1);

    public long Received { get; private set; }

    /// <summary>Connects and does what the plan says; ends when the connection has.</summary>
    public async Task RunAsync(int port, CancellationToken end)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, end);
        var writing = WriteAsync(socket, new Random(plan.Seed + 2), end);
        await ReadAsync(socket, end);
        await writing;
    }

    private async Task ReadAsync(Socket socket, CancellationToken end)
    {
        var buffer = new byte[Pattern.LengthMaximum];
        while (Received < plan.PeerResetsAfter)
        {
            int count;
            try
            {
                count = await socket.ReceiveAsync(buffer.AsMemory(0, _random.Next(1, buffer.Length)), end);
            }
            catch (SocketException exception) when (!plan.IsCalm && exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                return;
            }

            if (count == 0)
                return;
            Pattern.Check(buffer.AsSpan(0, count), Received);
            Received += count;
        }

        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private async Task WriteAsync(Socket socket, Random random, CancellationToken end)
    {
        try
        {
            for (long sent = 0; sent < plan.PeerSends;)
            {
                var length = (int)Math.Min(plan.PeerSends - sent, random.Next(1, 1 << random.Next(1, 17)));
                sent += await socket.SendAsync(Pattern.At(sent, length).ToArray(), end);
                if (random.Next(4) == 0)
                    await Task.Yield();
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (!plan.IsCalm && exception is SocketException or ObjectDisposedException)
        {
            // One of the two has ended it before its time, as planned.
        }
    }
}
