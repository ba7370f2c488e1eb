using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>One request that reached a scripted origin, and the means to answer it.</summary>
internal sealed class OriginExchange(MessageHead head, byte[] body, Socket socket, Stream stream, CancellationToken end)
{
    public MessageHead Head { get; } = head;

    public byte[] Body { get; } = body;

    /// <summary>Cancelled when the test is over.</summary>
    public CancellationToken End { get; } = end;

    /// <summary>The proxy's port of the connection.</summary>
    public int Port { get; } = ((System.Net.IPEndPoint)socket.RemoteEndPoint!).Port;

    public bool HasEnded { get; private set; }

    public Task SendHeadAsync(string statusLine, params string[] fields) =>
        SendAsync(Encoding.Latin1.GetBytes(statusLine + "\r\n" + string.Concat(fields.Select(f => f + "\r\n")) + "\r\n"));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, End);

    public async Task SendChunkAsync(ReadOnlyMemory<byte> bytes)
    {
        await SendAsync(Encoding.ASCII.GetBytes(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
        await SendAsync(bytes);
        await SendAsync("\r\n"u8.ToArray());
    }

    public Task SendLastChunkAsync() => SendAsync("0\r\n\r\n"u8.ToArray());

    /// <summary>A whole answer with Content-Length.</summary>
    public async Task AnswerAsync(ReadOnlyMemory<byte> content, params string[] fields)
    {
        var length = "Content-Length: " + content.Length.ToString(CultureInfo.InvariantCulture);
        await SendHeadAsync("HTTP/1.1 200 OK", [length, .. fields]);
        if (Head.Method != "HEAD")
            await SendAsync(content);
    }

    /// <summary>Ends the connection in order.</summary>
    public void Close()
    {
        HasEnded = true;
        socket.Shutdown(SocketShutdown.Both);
    }

    /// <summary>Ends the connection by a reset.</summary>
    public void Reset()
    {
        HasEnded = true;
        socket.Close(0);
    }
}
