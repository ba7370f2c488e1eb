using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>Clients that ask for one stored object at a constant rate for as long as something else takes.</summary>
internal sealed class HitClients : IDisposable
{
    private readonly Arrivals _arrivals;
    private readonly PacedClient[] _clients;
    private readonly Thread[] _threads;

    /// <param name="connector">To the server that has the object.</param>
    public HitClients(ClientConnector connector, byte[] request, IPaceClock clock)
    {
        _clients =
        [
            .. Enumerable.Range(0, EntriesPlan.HitConnections)
                .Select(_ => new PacedClient(clock, connector, request, isConnectionPerRequest: false)),
        ];
        foreach (var client in _clients)
            client.Prepare();
        _arrivals = new Arrivals(clock.Now, EntriesPlan.HitsPerSecond, long.MaxValue);
        _threads = [.. _clients.Select(client => new Thread(() => client.Run(_arrivals, long.MaxValue)) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Ends the load.</summary>
    /// <returns>What clients waited, from when a hit was due.</returns>
    /// <exception cref="BenchException">A hit failed, or none was due.</exception>
    public LatencyHistogram End()
    {
        Dispose();
        var latencies = new LatencyHistogram();
        foreach (var client in _clients)
        {
            if (client.Said is { } said)
                throw new BenchException($"a hit failed: {said}");
            latencies.Add(client.Latencies);
        }

        return latencies.Count > 0 ? latencies : throw new BenchException("no hit was due while the cache filled: ask for more entries");
    }

    public void Dispose()
    {
        _arrivals.End();
        foreach (var thread in _threads)
            thread.Join();
    }
}
