using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

public sealed class OriginStreamTests
{
    [Fact]
    public async Task A_connection_opened_for_another_request_counts_as_kept()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using var other = new HttpRequestMessage();
        var ages = new ConnectionAges(new OriginOptions { Host = "a", Port = 1 }, TimeProvider.System);
        await using var stream = new OriginStream(socket, (IPEndPoint)listener.LocalEndpoint, other, ages);
        using var message = new HttpRequestMessage();
        OccupiedConnection.Begin(message);

        await stream.WriteAsync("GET"u8.ToArray(), TestContext.Current.CancellationToken);
        (await listener.AcceptSocketAsync(TestContext.Current.CancellationToken)).Close(0);

        var silent = await Assert.ThrowsAsync<OriginSilentException>(
            async () => await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.True(silent.WasKept);
    }
}
