using System.Net.Security;
using System.Net.Sockets;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>Opens connections to one server. TLS takes one suite and makes a full handshake each time, as the bench's other
/// clients.</summary>
/// <param name="receiveBuffer">Bytes that the kernel takes ahead of the client (SO_RCVBUF); null leaves it to the kernel.</param>
internal sealed class ClientConnector(Uri target, int? receiveBuffer = null)
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(30);
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    ];

    private readonly SslClientAuthenticationOptions _options = new()
    {
        TargetHost = "localhost",
        AllowTlsResume = false,
        CipherSuitesPolicy = new CipherSuitesPolicy(Suites),
#pragma warning disable CA5359 // The server is one that this process has started, or one that its user named.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    public Stream Open()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)TimeOut.TotalMilliseconds,
            SendTimeout = (int)TimeOut.TotalMilliseconds,
        };
        try
        {
            // Before the connection, since it bounds the window that is offered with it.
            if (receiveBuffer is { } bytes)
                socket.ReceiveBufferSize = bytes;
            socket.Connect(target.Host, target.Port);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (target.Scheme != Uri.UriSchemeHttps)
                return plain;
            var sealing = new SslStream(plain, leaveInnerStreamOpen: false);
            sealing.AuthenticateAsClient(_options);
            return sealing;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}
