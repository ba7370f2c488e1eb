using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace TlsProxy.Handshake.Tests;

/// <summary>The runtime's TLS client over a socket, with the server's side fed in pieces.</summary>
internal static class RuntimeClient
{
    /// <summary>Shakes hands, to the end of both sides.</summary>
    /// <returns>The certificate that the server has presented.</returns>
    public static async Task<X509Certificate2> ShakeHandsAsync(ServerHandshake handshake, ClientWish wish)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        using var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listener.LocalEndPoint!);
        using var ours = await listener.AcceptAsync();
        await using var tls = new SslStream(new NetworkStream(peer), leaveInnerStreamOpen: false);
        X509Certificate2? presented = null;
        var client = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = wish.Name,
            EnabledSslProtocols = wish.Protocol,
            ApplicationProtocols = [wish.ApplicationProtocol],
            AllowTlsResume = false,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => wish.Certificate!,
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                // Who has issued it is known to the test, which compares serial numbers.
                presented = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                return presented.NotAfter > DateTime.Now;
            },
        });
        var serve = ServeAsync(handshake, ours, wish);
        await client;
        await serve;
        return presented!;
    }

    private static async Task ServeAsync(ServerHandshake handshake, Socket socket, ClientWish wish)
    {
        var buffer = new byte[4096];
        while (handshake.Status == HandshakeStatus.NeedMore)
        {
            var count = await socket.ReceiveAsync(buffer);
            if (count == 0)
                break;
            foreach (var part in buffer[..count].Chunk(wish.Piece))
            {
                handshake.Offer(part);
                if (handshake.Output.IsEmpty)
                    continue;
                await socket.SendAsync(handshake.Output.ToArray());
                handshake.ClearOutput();
                wish.OnAnswered();
            }
        }
    }
}
