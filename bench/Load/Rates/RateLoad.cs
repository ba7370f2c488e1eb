using System.Diagnostics;
using System.Globalization;
using System.Text;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>The load generator at a constant rate.</summary>
internal static class RateLoad
{
    /// <summary>Threads need a moment until they wait for their first request.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(50);

    /// <summary>A server that can't keep the pace is measured until it has answered what was due, but no longer than this many times the
    /// length of the load.</summary>
    public const int OverrunAtMost = 2;

    /// <param name="load">The rate, its length and its connections.</param>
    /// <exception cref="BenchException">A request failed, or none was answered.</exception>
    public static RateSample Run(Candidate candidate, Rate load) => Run(candidate, load, new MonotonicClock());

    /// <param name="clock">Paces the load and measures it.</param>
    public static RateSample Run(Candidate candidate, Rate load, IPaceClock clock)
    {
        var target = new Uri(candidate.Url);
        var close = load.IsConnectionPerRequest ? "Connection: close\r\n" : string.Empty;
        var request = Encoding.ASCII.GetBytes($"GET {target.PathAndQuery} HTTP/1.1\r\nHost: {target.Authority}\r\n{close}\r\n");
        var connector = new ClientConnector(target);
        var gate = new StartGate();
        PacedClient[] clients =
        [
            .. Enumerable.Range(0, load.Connections).Select(_ => new PacedClient(clock, connector, request, load.IsConnectionPerRequest)),
        ];
        foreach (var client in clients)
            client.Prepare();
        var threads = clients.Select(client => new Thread(() => gate.Run(client)) { IsBackground = true }).ToArray();
        foreach (var thread in threads)
            thread.Start();
        var server = candidate.ProcessorTime();
        var busy = OtherLoad.BusyMilliseconds(Machine.ClientProcessor);
        var start = clock.Now + ToTicks(Lead);
        gate.Open(new Arrivals(start, load.PerSecond, load.Count), start + ToTicks(load.Length * OverrunAtMost));
        foreach (var thread in threads)
            thread.Join();
        var elapsed = Stopwatch.GetElapsedTime(start, clock.Now);
        server = candidate.ProcessorTime() - server;
        busy = OtherLoad.BusyMilliseconds(Machine.ClientProcessor) - busy;
        return Summed(load, clients, elapsed, server, Math.Min(1, busy / elapsed.TotalMilliseconds));
    }

    private static RateSample Summed(Rate load, PacedClient[] clients, TimeSpan elapsed, long serverNanoseconds, double clientShare)
    {
        var failed = clients.Sum(client => client.Failed);
        if (failed > 0)
        {
            var said = clients.First(client => client.Said is not null).Said;
            throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"{failed} of {load.Count} requests failed: {said}"));
        }

        var (latencies, waking) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var client in clients)
        {
            latencies.Add(client.Latencies);
            waking.Add(client.Waking);
        }

        if (latencies.Count == 0)
            throw new BenchException("no request was answered");

        double Microseconds(double share) => latencies.Percentile(share) / 1000.0;
        return new RateSample(
            Offered: load.PerSecond,
            Answered: latencies.Count / elapsed.TotalSeconds,
            MedianMicroseconds: Microseconds(0.5),
            P99Microseconds: Microseconds(0.99),
            P999Microseconds: Microseconds(0.999),
            HighestMicroseconds: latencies.Highest / 1000.0,
            ProcessorMicroseconds: serverNanoseconds / 1000.0 / latencies.Count,
            Unanswered: load.Count - latencies.Count,
            ClientShare: clientShare,
            WokeLateMicroseconds: waking.Count == 0 ? 0 : waking.Percentile(0.99) / 1000.0);
    }

    private static long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
