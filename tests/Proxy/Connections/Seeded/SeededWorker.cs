using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Proxy.Tests.Connections.Faults;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>A worker with its loop on a fake back end, and its listening sockets.</summary>
internal sealed class SeededWorker : IDisposable
{
    private readonly Dictionary<ListenerTraits, int> _listeners;

    public SeededWorker(int index, FakeBackend backend, WorkerSettings settings, FaultPlan? plan = null)
    {
        Backend = backend;
        Loop = new EventLoop(plan is null ? backend : new FaultingBackend(backend, plan), index, settings.Faults);
        _listeners = new[] { false, true }
            .SelectMany(tls => new[] { new ListenerTraits(tls), new ListenerTraits(tls, HasProxyHeader: true) })
            .ToDictionary(traits => traits, _ => backend.Listen());
        Worker = new Worker(index, settings, [.. _listeners.Select(listener => (listener.Value, listener.Key))]);
        Worker.Adopt(Loop);
    }

    public FakeBackend Backend { get; }

    public EventLoop Loop { get; }

    public Worker Worker { get; }

    /// <summary>Every descriptor is closed, the listening ones too.</summary>
    public bool IsDone => Worker.Counters.Open == 0 && Backend.OpenDescriptors == 0 && Loop.PendingOperations == 0;

    public FakeSocket Connect(ClientPlan plan) =>
        Backend.Connect(_listeners[new ListenerTraits(plan.ToTlsPort, plan.ProxyHeader is not null)]);

    public void CheckNothingIsLeft()
    {
        Loop.Turn(wait: false);
        Assert.Equal(0, Loop.PendingOperations);
        Assert.Equal(0, Backend.OpenDescriptors);
        Assert.Equal(0, Backend.BuffersInUse);
        Assert.Equal(0, Worker.Counters.Open);
        CheckLatencies(Worker.Counters);
        EndedLives.Check(Worker, ConnectionSurvivors.Create());
    }

    public void Count(ScheduleTally tally)
    {
        tally.Add("accepted", Worker.Counters.Accepted);
        tally.Add("accept pauses", Worker.Counters.AcceptPauses);
        tally.Add("handshakes", Worker.Counters.Handshakes);
        tally.Add("handshakes failed", Worker.Counters.HandshakeFailures);
        tally.Add("deadlines", Worker.Counters.Deadlines);
        tally.Add("failed", Worker.Counters.Failed);
        tally.Add("refused", Worker.Counters.Refused);
        tally.Add("overflows", Backend.Statistics.Overflows);
        tally.Add("stale", Backend.Statistics.Stale);
        tally.Add("buffers exhausted", Backend.Statistics.BuffersExhausted);
        foreach (var outcome in Enum.GetValues<CacheOutcome>())
            tally.Add(outcome.ToString(), Worker.Counters.Answered(outcome));
    }

    public void Dispose()
    {
        Loop.Dispose();
        Worker.Dispose();
    }

    private static void CheckLatencies(WorkerCounters counters)
    {
        var latencies = counters.Latencies;
        Assert.Equal(counters.Handshakes, CountOf(latencies.Handshake));
        Assert.InRange(CountOf(latencies.FirstByte), CountOf(latencies.Response), counters.Requests);
        Assert.InRange(CountOf(latencies.Upstream), 0, counters.Requests);
    }

    private static long CountOf(LatencyHistogram histogram) => HistogramSnapshot.Merge(histogram).Count;
}
