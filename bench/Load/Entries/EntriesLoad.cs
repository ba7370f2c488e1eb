using System.Diagnostics;
using System.Globalization;
using System.Text;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>Fills a server's cache by misses, and asks for one stored object at a constant rate meanwhile.</summary>
/// <param name="clock">Paces the load and measures it.</param>
/// <param name="warming">Misses before the measurement.</param>
/// <param name="count">Tells what the server counts.</param>
/// <param name="waitUntilQuiet">Returns when a server has nothing more to do.</param>
internal sealed class EntriesLoad(IPaceClock clock, int warming, Func<EntryCounts> count, Action<Candidate> waitUntilQuiet)
{
    /// <param name="candidate">A server whose cache is empty; its object is the one of the hits.</param>
    /// <exception cref="BenchException">A request failed, or the server didn't store every answer.</exception>
    public EntriesSample Run(Candidate candidate, int entries)
    {
        var target = new Uri(candidate.Url);
        var fill = new EntryFill(target, clock);
        fill.Run(first: 0, warming, EntriesPlan.LimitOf(warming));
        waitUntilQuiet(candidate);
        var before = count();
        var resident = ResidentMemory.Kibibytes(candidate);
        var busy = OtherLoad.BusyMilliseconds(Machine.ClientProcessor);
        var since = Stopwatch.GetTimestamp();

        using var hits = new HitClients(
            new ClientConnector(target), Encoding.ASCII.GetBytes($"GET {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n"),
            clock);
        var perSecond = fill.Run(first: warming, entries, EntriesPlan.LimitOf(entries));
        var latencies = hits.End();
        busy = (OtherLoad.BusyMilliseconds(Machine.ClientProcessor) - busy) / Stopwatch.GetElapsedTime(since).TotalMilliseconds;

        waitUntilQuiet(candidate);
        var added = count().Since(before);
        var after = ResidentMemory.Kibibytes(candidate);
        Check(added, entries);
        return new EntriesSample(
            MissesPerSecond: perSecond,
            Hits: latencies.Count,
            MedianMicroseconds: latencies.Percentile(0.5) / 1000.0,
            P99Microseconds: latencies.Percentile(0.99) / 1000.0,
            HighestMicroseconds: latencies.Highest / 1000.0,
            ResidentMebibytes: after / 1024.0,
            BytesBesideBody: ((after - resident) * 1024.0 / entries) - EntriesPlan.Object.Bytes,
            Collections: added,
            ClientShare: Math.Min(1, busy));
    }

    /// <summary>A hit that asked the origin was none, and an entry that isn't there has no size.</summary>
    private static void Check(in EntryCounts added, int entries)
    {
        if (added.Fetches != entries)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture, $"the server asked the origin {added.Fetches:N0} times about {entries:N0} misses"));
        }

        if (added.Entries != entries)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture, $"the server has stored {added.Entries:N0} of {entries:N0} responses"));
        }
    }
}
