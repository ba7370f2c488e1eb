using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An HTTP/1.1 origin that answers each path as a test's script says, byte by byte.</summary>
internal sealed class ScriptedOrigin : IOriginServer
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<string, Func<OriginExchange, Task>> _scripts = new();
    private readonly ConcurrentDictionary<string, int> _requests = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public ScriptedOrigin()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _accepting = AcceptAsync();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}"));

    /// <summary>Answers every request for a path of its own below /object/ by the script; returns the path.</summary>
    public string Add(Func<OriginExchange, Task> script, string folder = "/object/")
    {
        var path = folder + Guid.NewGuid().ToString("N");
        _scripts[path] = script;
        return path;
    }

    public int CountRequests(string path) => _requests.GetValueOrDefault(path);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = ServeAsync(await _listener.AcceptAsync(_end.Token));
                _connections[connection] = true;
                _ = connection.ContinueWith(c => _connections.TryRemove(c, out _), TaskScheduler.Default);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
            return;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        socket.NoDelay = true;
        var reader = new WireReader(stream);
        try
        {
            while (await MessageHead.ReadAsync(reader, _end.Token) is { } head)
            {
                var path = head.Target.Split('?')[0];
                _requests.AddOrUpdate(path, 1, (_, n) => n + 1);
                var exchange = new OriginExchange(head, await MessageBody.ReadAsync(reader, head, untilClose: false, _end.Token), socket, stream, _end.Token);
                if (_scripts.TryGetValue(path, out var script))
                    await script(exchange);
                else
                    await exchange.SendHeadAsync("HTTP/1.1 404 Not Found", "Content-Length: 0");
                if (exchange.HasEnded)
                    return;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The proxy has left, or the test is over: what the client saw is what the test judges.
            return;
        }
    }
}
