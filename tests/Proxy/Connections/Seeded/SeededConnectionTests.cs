using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Testing;
using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Tls;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Whole connections over the fake back end, in ten thousand orders of events. A seed that fails is named and can be run alone by
/// setting TLSPROXY_SEED, which traces it; TLSPROXY_SEEDS=first-last runs others.</summary>
public sealed class SeededConnectionTests : IDisposable
{
    private const int Schedules = 10_000;
    private const int Repeated = 150;

    private static readonly string[] s_reached =
    [
        "Hit", "Miss", "Joined", "Pass", "Revalidated", "Failed", "Local", "evictions", "left stored", "resumed", "handshakes failed",
        "transmit in the kernel", "receive in the kernel", "in user space", "refusals", "key updates refused", "renegotiations refused",
        "accept pauses", "overflows", "stale", "buffers exhausted", "deadlines", "failed", "refused", "interrupted", "in parts", "interim",
        "given up", "cleared", "quit within", "between looks", "stayed silent", "faults", "handed over late", "received late",
    ];

    private readonly SegmentPool _pool = new();
    private readonly LocalResponses _responses;
    private readonly SeededEngines _engines = new();
    private readonly AccessLog _log = new(() => Stream.Null);
    private readonly ScheduleTally _tally = new();

    public SeededConnectionTests()
    {
        _responses = new LocalResponses(_pool);
        TlsClient.Prepare();
    }

    public void Dispose()
    {
        _log.Dispose();
        _engines.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Bytes_arrive_in_order_or_the_connection_ends_and_nothing_is_left()
    {
        var (first, last) = SeedRange.OfTheRun(Schedules);
        for (var seed = first; seed <= last; seed++)
            Run(seed, isTraced: SeedRange.Chosen is not null);
        TestContext.Current.TestOutputHelper?.WriteLine($"Seeds {first} to {last}: {_tally}");
        if (last - first < Schedules - 1)
            return;
        // What was to be tried has happened, and not by the way: a harness that no longer reaches it would find nothing.
        Assert.All(s_reached, what => Assert.InRange(_tally[what], 20, long.MaxValue));
        Assert.InRange(_tally["served"], _tally["asked"] * 13 / 20, long.MaxValue);
    }

    [Fact]
    public void A_seed_gives_the_same_run_each_time()
    {
        for (var seed = Schedules; seed < Schedules + Repeated; seed++)
            Assert.Equal(Run(seed), Run(seed));
    }

    /// <returns>The digest of the run.</returns>
    private ulong Run(int seed, bool isTraced = false)
    {
        var baseline = _pool.RentedSegments;
        string? fault = null;
        try
        {
            ulong digest;
            using (new SeededEntropy(seed))
            using (var schedule = new Schedule(seed, _pool, _responses, _engines.Of(seed), _log))
            {
                if (isTraced)
                    schedule.TraceTo(Console.Error.WriteLine);
                try
                {
                    schedule.Run();
                }
                finally
                {
                    fault = schedule.Fault;
                }

                schedule.Count(_tally);
                digest = schedule.Digest;
            }

            Assert.Equal(baseline, _pool.RentedSegments);
            return digest;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var message = $"Seed {seed} failed: {exception.Message} (TLSPROXY_SEED={seed} runs it alone; fault at: {fault ?? "none"}.)";
            throw new InvalidOperationException(message, exception);
        }
    }
}
