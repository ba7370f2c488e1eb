using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>The server that comes with OpenSSL (openssl-s_server(1)) answers a request behind our handshake.</summary>
public sealed class StandardServerTests : IDisposable
{
    private readonly TestOrigin _origin = new();

    public void Dispose() => _origin.Dispose();

    [Theory]
    [InlineData(TlsVersion.Tls12, "-tls1_2")]
    [InlineData(TlsVersion.Tls13, "-tls1_3")]
    public void It_answers_and_resumes(TlsVersion version, string option)
    {
        using var server = Start(option, out var port);
        try
        {
            using var clients = TlsClientContext.Create(_origin.Options);
            for (var i = 0; i < 3; i++)
                Assert.Equal((version, i > 0), Ask(clients, port));
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
        }
    }

    private static (TlsVersion Version, bool Resumed) Ask(TlsClientContext clients, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
        socket.Connect(IPAddress.Loopback, port);
        using var client = new ClientHandshake(clients);
        var buffer = new byte[4096];
        client.Start(ServerIdentity.Parse("localhost"));
        while (true)
        {
            socket.Send(Exchange.Take(client));
            if (client.Status != HandshakeStatus.NeedMore)
                break;
            while (client.Output.IsEmpty && client.Status == HandshakeStatus.NeedMore)
                client.Offer(buffer.AsSpan(0, ReceiveSome(socket, buffer)));
        }

        Assert.Equal((HandshakeStatus.Done, null), (client.Status, client.Failure.Reason));
        using var tickets = client.TakeTickets();
        using var keys = new SessionKeys();
        var received = client.Leftover.ToArray().ToList();
        keys.TakeFrom(client.Keys);
        socket.Send(TestRecords.Seal(keys, keys.Transmit, "GET / HTTP/1.0\r\n\r\n"u8));
        for (var answer = string.Empty; !answer.StartsWith("HTTP/1.0 200 ok", StringComparison.OrdinalIgnoreCase);)
        {
            while (received.Count < Wire.HeaderLength || received.Count < WholeLength(received))
                received.AddRange(buffer.AsSpan(0, ReceiveSome(socket, buffer)).ToArray());
            var record = received[..WholeLength(received)].ToArray();
            received.RemoveRange(0, record.Length);
            var content = TestRecords.Open(keys, keys.Receive, record);
            if (content[0] == 4)
                tickets!.Offer(content);
            else
                answer += Encoding.ASCII.GetString(content);
        }

        return (client.Facts.Version, client.Facts.Resumed);
    }

    private static int WholeLength(List<byte> received) => Wire.HeaderLength + (received[3] << 8) + received[4];

    private static int ReceiveSome(Socket socket, byte[] buffer)
    {
        var count = socket.Receive(buffer);
        Assert.NotEqual(0, count);
        return count;
    }

    private Process Start(string option, out int port)
    {
        string[] arguments =
        [
            "s_server", "-accept", "127.0.0.1:0", "-cert", _origin.ChainPath, "-key", _origin.KeyPath, "-www", option, "-naccept", "3",
        ];
        var server = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true })!;
        // It names the port that it was given.
        while (server.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("ACCEPT ", StringComparison.Ordinal))
            {
                port = int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
                return server;
            }
        }

        throw new InvalidOperationException("openssl s_server ended without listening.");
    }
}
