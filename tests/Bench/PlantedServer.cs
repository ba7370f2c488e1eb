using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Bench.Tests;

/// <summary>A server of HTTP/1.1 in the test's process that answers as the test says.</summary>
internal sealed class PlantedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int, string, Task<string>> _answer;
    private int _requests;

    /// <param name="answer">The whole response to the n-th request, from 0; empty to close the connection instead.</param>
    public PlantedServer(Func<int, string> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    /// <param name="answer">The whole response to a path.</param>
    public PlantedServer(Func<string, Task<string>> answer)
        : this((_, path) => answer(path))
    {
    }

    private PlantedServer(Func<int, string, Task<string>> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/object";

    public int Requests => Volatile.Read(ref _requests);

    public static string Ok(int bytes) => $"HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{new string('x', bytes)}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
            _listener.Stop();
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using (client)
        {
            var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            var closes = false;
            while (!closes && await reader.ReadLineAsync() is { Length: > 0 } line)
            {
                while (await reader.ReadLineAsync() is { Length: > 0 } field)
                    closes |= field.Equals("Connection: close", StringComparison.OrdinalIgnoreCase);
                var answer = await _answer(Interlocked.Increment(ref _requests) - 1, line.Split(' ')[1]);
                if (answer.Length == 0)
                    return;
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
    }
}
