using System.Diagnostics;
using System.Globalization;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>Fills a server's cache by misses at a constant rate.</summary>
/// <param name="target">The server; its path doesn't count.</param>
internal sealed class EntryFill(Uri target, IPaceClock clock)
{
    /// <param name="first">The number of the first object; those from it on are in no cache.</param>
    /// <param name="limit">After which the rest is left.</param>
    /// <returns>Misses answered a second.</returns>
    /// <exception cref="BenchException">A request failed, or the time wasn't enough.</exception>
    public double Run(long first, int count, TimeSpan limit)
    {
        var connector = new ClientConnector(target);
        var clients = new List<FillClient>();
        try
        {
            for (var i = 0; i < EntriesPlan.MissConnections; i++)
                clients.Add(new FillClient(connector.Open(), target.Authority, clock));
            var start = clock.Now;
            var arrivals = new Arrivals(start, EntriesPlan.MissesPerSecond, count);
            var last = start + (long)(limit.TotalSeconds * Stopwatch.Frequency);
            var threads = clients.ConvertAll(client => new Thread(() => client.Run(arrivals, first, last)) { IsBackground = true });
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            Check(clients, count, limit);
            return count / Stopwatch.GetElapsedTime(start, clock.Now).TotalSeconds;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static void Check(List<FillClient> clients, int count, TimeSpan limit)
    {
        if (clients.Find(client => client.Said is not null) is { } failed)
            throw new BenchException($"a miss failed: {failed.Said}");
        if (clients.Sum(client => client.Filled) is var filled && filled < count)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture, $"the cache had {filled:N0} of {count:N0} entries after {limit.TotalSeconds:F0} s"));
        }
    }
}
