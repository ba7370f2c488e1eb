using System.Security.Authentication;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Where a client stops, and leaves the proxy waiting.</summary>
public enum Stall
{
    Connected,
    RecordHeader,
    Hello,
    HelloSent,
    Finished,
    Record,
    Head,
    Body,
    Response,
}

/// <summary>Clients that stop half-way and stay.</summary>
internal sealed class Stalls(ProxyProcess proxy, byte[] hello, string large)
{
    public static async Task<Stalls> CreateAsync(ProxyProcess proxy, string large) =>
        new(proxy, await ClientHello.CaptureAsync(SslProtocols.Tls13), large);

    /// <summary>A client that has come as far as <paramref name="stall"/>.</summary>
    public async Task<ClientConnection> OpenAsync(Stall stall)
    {
        var port = proxy.Port(Transport.Tls13User);
        switch (stall)
        {
            case Stall.Connected:
                return await ClientConnection.OpenRawAsync(port);
            case Stall.RecordHeader or Stall.Hello or Stall.HelloSent:
                var raw = await ClientConnection.OpenRawAsync(port);
                var length = stall == Stall.RecordHeader ? 3 : stall == Stall.Hello ? hello.Length / 2 : hello.Length;
                await raw.SendAsync(hello.AsMemory(0, length));
                return raw;
            case Stall.Finished:
                return await ClientConnection.OpenCutAsync(proxy, Transport.Tls13User);
        }

        // Read in small portions, so that the answer fills the buffers of both sides.
        var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User, receiveBuffer: 4096);
        if (stall == Stall.Record)
            client.Wire.CutAfter(writes: 0);
        await (stall switch
        {
            Stall.Head => client.SendAsync("GET / HTTP/1.1\r\nHost: local"),
            Stall.Body => client.RequestAsync("/object/upload", method: "POST", fields: "Content-Length: 100\r\n"),
            _ => client.RequestAsync(large),
        });
        return client;
    }
}
