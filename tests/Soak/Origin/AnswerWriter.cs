using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Soak.Origin;

/// <summary>How an origin writes to a connection, and ends it.</summary>
internal sealed class AnswerWriter(Socket socket, Stream stream, CancellationToken end)
{
    public CancellationToken End { get; } = end;

    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await stream.WriteAsync(bytes, End);

    public void Reset() => socket.Close(0);

    public void Close() => socket.Shutdown(SocketShutdown.Both);

    /// <summary>Says nothing more, and waits until the proxy has had enough.</summary>
    public async Task StayAsync()
    {
        var buffer = new byte[1];
        while (await stream.ReadAsync(buffer, End) > 0)
            continue;
    }
}
