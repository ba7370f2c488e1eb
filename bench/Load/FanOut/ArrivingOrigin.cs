using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Bench.Load.FanOut;

/// <summary>The origin of objects that arrive when the bench lets them: it sends the head at once and the body after
/// <see cref="Release"/>.</summary>
internal sealed class ArrivingOrigin : IDisposable
{
    private const int HeadAtMost = 16 * 1024;

    private readonly TcpListener _listener;
    private readonly byte[] _body;
    private readonly ConcurrentDictionary<string, Gate> _gates = [];

    /// <param name="port">Of the loopback address; 0 for any.</param>
    /// <param name="item">The object that every path has.</param>
    public ArrivingOrigin(int port, Payload item)
    {
        _body = item.Content();
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often a path was asked for.</summary>
    public int Asked(string path) => Volatile.Read(ref GateOf(path).Asked);

    /// <summary>Lets the body of a path arrive, now and later.</summary>
    public void Release(string path) => GateOf(path).Opened.TrySetResult();

    public void Dispose() => _listener.Dispose();

    private Gate GateOf(string path) => _gates.GetOrAdd(path, _ => new Gate());

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync().ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The measurement is over.
            _listener.Stop();
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await AnswerAsync(client.GetStream()).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The server that asked has gone; its clients tell.
                client.Close();
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var input = new byte[HeadAtMost];
        var length = 0;
        while (length < HeadAtMost && !input.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = await stream.ReadAsync(input.AsMemory(length)).ConfigureAwait(false);
            if (read == 0)
                return;
            length += read;
        }

        var gate = GateOf(Encoding.ASCII.GetString(input, 0, length).Split(' ', 3)[1]);
        Interlocked.Increment(ref gate.Asked);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Length: {_body.Length}\r\nCache-Control: max-age=3600\r\nConnection: close\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head)).ConfigureAwait(false);
        await gate.Opened.Task.ConfigureAwait(false);
        await stream.WriteAsync(_body).ConfigureAwait(false);
    }

    private sealed class Gate
    {
        public int Asked;

        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
