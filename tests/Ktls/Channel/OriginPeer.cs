using System.Net.Sockets;
using System.Text;
using TlsProxy.Handshake;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A server of libssl behind a blocking socket.</summary>
internal sealed class OriginPeer(ServerContext context, Socket socket) : IDisposable
{
    private readonly ServerConnection _connection = new(context);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Shakes hands in memory, and starts the channel with the client's keys.</summary>
    /// <param name="isLate">Whether what the server sends beyond, its tickets, comes by the socket, and not with the handshake.</param>
    public ClientTickets? ShakeHands(TlsClientContext clients, TestConnection connection, bool isLate, out bool wasResumed)
    {
        byte[] late = [];
        using var client = new ClientHandshake(clients);
        client.Start(ServerIdentity.Parse("localhost"));
        while (!client.Output.IsEmpty)
        {
            _connection.Offer(client.Output);
            client.ClearOutput();
            Assert.InRange(_connection.Handshake(), 0, LibSsl.SSL_ERROR_WANT_READ);
            if (isLate && client.Status == HandshakeStatus.Done)
                late = TakeOutput();
            else
                client.Offer(TakeOutput());
        }

        Assert.Equal((HandshakeStatus.Done, null), (client.Status, client.Failure.Reason));
        wasResumed = client.Facts.Resumed;
        var tickets = client.TakeTickets();
        connection.Start(client.Keys, client.Leftover.ToArray());
        socket.Send(late);
        return tickets;
    }

    public void Write(string text)
    {
        Assert.True(_connection.Write(Encoding.ASCII.GetBytes(text)));
        socket.Send(TakeOutput());
    }

    public void UpdateKeys(bool requested)
    {
        _connection.UpdateKeys(requested);
        socket.Send(TakeOutput());
    }

    /// <summary>Reads so many characters.</summary>
    public string Read(int length)
    {
        var text = new StringBuilder();
        var content = new byte[16384];
        while (text.Length < length)
        {
            var count = _connection.Read(content, out var error);
            Assert.Contains(error, (int[])[0, LibSsl.SSL_ERROR_WANT_READ]);
            text.Append(Encoding.ASCII.GetString(content, 0, count));
            if (count == 0)
                Receive();
        }

        return text.ToString();
    }

    public bool ReadsCloseNotify()
    {
        while (true)
        {
            _ = _connection.Read(_buffer, out var error);
            if (error != LibSsl.SSL_ERROR_WANT_READ)
                return error == LibSsl.SSL_ERROR_ZERO_RETURN;
            Receive();
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Receive()
    {
        var count = socket.Receive(_buffer);
        Assert.NotEqual(0, count);
        _connection.Offer(_buffer.AsSpan(0, count));
    }

    private byte[] TakeOutput()
    {
        var output = new byte[_connection.PendingOutput];
        if (output.Length > 0)
            Assert.Equal(output.Length, _connection.ReadOutput(output));
        return output;
    }
}
