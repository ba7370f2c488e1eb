using System.Net.Sockets;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Clients that ask without a pause while processes replace each other behind one port: some on connections that they keep as
/// long as they
/// may, others on a new connection for each request.</summary>
internal sealed class TakeoverLoad : IAsyncDisposable
{
    private const int ClientsOfAKind = 4;

    private readonly ProxyProcess _first;
    private readonly Transport _transport;
    private readonly string[] _paths;
    private readonly Task[] _clients;
    private readonly List<string> _lost = [];
    private volatile bool _isOver;
    private int _kept;
    private int _connections;

    /// <param name="first">Knows the port and the certificate.</param>
    public TakeoverLoad(ProxyProcess first, Transport transport, params string[] paths)
    {
        _first = first;
        _transport = transport;
        _paths = paths;
        var clients = Enumerable.Range(0, ClientsOfAKind);
        _clients = [.. clients.Select(_ => Task.Run(KeepAsync)), .. clients.Select(_ => Task.Run(ConnectAsync))];
    }

    /// <summary>Answers on kept connections.</summary>
    public int Kept => Volatile.Read(ref _kept);

    /// <summary>Answers on connections of their own.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Waits until more requests of both kinds have been answered, or one was lost.</summary>
    public async Task WaitForAsync(int more)
    {
        var (kept, connections) = (Kept + more, Connections + more);
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        while ((Kept < kept || Connections < connections) && Lost().Length == 0)
            await Task.Delay(5, limit.Token);
    }

    /// <summary>Ends the load.</summary>
    /// <returns>What became of requests that got no answer.</returns>
    public async Task<string[]> StopAsync()
    {
        _isOver = true;
        await Task.WhenAll(_clients);
        return Lost();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private string[] Lost()
    {
        lock (_lost)
            return [.. _lost];
    }

    private Task KeepAsync() => RepeatAsync(connection => new KeptClient(connection) { Answered = OnKept }.RunAsync(_paths));

    private bool OnKept()
    {
        Interlocked.Increment(ref _kept);
        return _isOver;
    }

    private Task ConnectAsync() => RepeatAsync(async connection =>
    {
        var reply = await connection.GetAsync(_paths[0], Persistence.Close);
        Interlocked.Increment(ref _connections);
        return reply.Status == 200 ? null : $"status {reply.Status}";
    });

    private async Task RepeatAsync(Func<ClientConnection, Task<string?>> use)
    {
        while (!_isOver)
        {
            try
            {
                await using var connection = await ClientConnection.OpenAsync(_first, _transport);
                if (await use(connection) is { } lost)
                    Add(lost);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                Add(exception.Message);
            }
        }
    }

    private void Add(string lost)
    {
        lock (_lost)
            _lost.Add(lost);
    }
}
