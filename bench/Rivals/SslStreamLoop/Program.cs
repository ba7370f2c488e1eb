using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Bench.SslStreamLoop;

// Arguments: folder of the objects, certificate, key, port in plaintext, port for TLS.
if (args.Length != 5)
{
    Console.Error.WriteLine("usage: SslStreamLoop FOLDER CERTIFICATE KEY PLAINTEXT-PORT TLS-PORT");
    return 2;
}

var responses = new Responses(args[0]);
using var certificate = X509Certificate2.CreateFromPemFile(args[1], args[2]);
var tls = new SslServerAuthenticationOptions
{
    ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
    EnabledSslProtocols = SslProtocols.Tls13,
};
await Task.WhenAll(
    ServeAsync(int.Parse(args[3], CultureInfo.InvariantCulture), null),
    ServeAsync(int.Parse(args[4], CultureInfo.InvariantCulture), tls))
    .ConfigureAwait(false);
return 0;

async Task ServeAsync(int port, SslServerAuthenticationOptions? options)
{
    using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
    listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
    listener.Listen(4096);
    while (true)
    {
        var socket = await listener.AcceptAsync().ConfigureAwait(false);
        socket.NoDelay = true;
        _ = new Connection(socket, responses).RunAsync(options);
    }
}
