using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests;

/// <summary>A server whose measurements are planned: a figure, or what it says when it fails.</summary>
internal sealed class PlannedServer
{
    private readonly Queue<object> _plan;

    /// <param name="plan">For each measurement its CPU µs per request (double), or an error (string); the last repeats.</param>
    public PlannedServer(string name, Cell cell, params object[] plan)
    {
        _plan = new Queue<object>(plan);
        Entry = new Entry(name, cell, new Candidate(name, ProcessId: 0, "http://127.0.0.1/"));
    }

    public static Cell PlainKilobyte { get; } = new(Transport.Plaintext, new Payload(1024), 8);

    public Entry Entry { get; }

    public int Measured { get; private set; }

    public static IReadOnlyList<Standing> Contest(int rounds, Attempts attempts, params PlannedServer[] servers) =>
        new Contest(rounds, attempts).Run(
            [.. servers.Select(server => server.Entry)], entry => servers.Single(server => server.Entry == entry).Measure());

    private Sample Measure()
    {
        Measured++;
        var next = _plan.Count > 1 ? _plan.Dequeue() : _plan.Peek();
        return next is double cost ? new Sample(1e6 / cost, cost, null, null, 0) : throw new BenchException((string)next);
    }
}
