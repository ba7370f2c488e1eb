using System.Collections.Concurrent;
using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An HTTP/1.1 origin that answers each path as a test's script says, byte by byte.</summary>
internal sealed class ScriptedOrigin : IOriginServer
{
    private readonly ConcurrentDictionary<string, Func<OriginExchange, Task>> _scripts = new();
    private readonly ConcurrentDictionary<string, int> _requests = new();
    private readonly OriginListener _listener;

    public ScriptedOrigin() => _listener = new OriginListener(ServeAsync);

    public Uri Address => _listener.Address;

    /// <summary>Answers every request for a path of its own below /object/ by the script; returns the path.</summary>
    public string Add(Func<OriginExchange, Task> script, string folder = "/object/")
    {
        var path = folder + Guid.NewGuid().ToString("N");
        _scripts[path] = script;
        return path;
    }

    /// <summary>Answers every request for a path by the script.</summary>
    public void At(string path, Func<OriginExchange, Task> script) => _scripts[path] = script;

    public int CountRequests(string path) => _requests.GetValueOrDefault(path);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken end)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        socket.NoDelay = true;
        var reader = new WireReader(stream);
        while (await MessageHead.ReadAsync(reader, end) is { } head)
        {
            var path = head.Target.Split('?')[0];
            _requests.AddOrUpdate(path, 1, (_, n) => n + 1);
            var exchange = new OriginExchange(head, await MessageBody.ReadAsync(reader, head, untilClose: false, end), socket, stream, end);
            if (_scripts.TryGetValue(path, out var script))
                await script(exchange);
            else
                await exchange.SendHeadAsync("HTTP/1.1 404 Not Found", "Content-Length: 0");
            if (exchange.HasEnded)
                return;
        }
    }
}
