using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Testing;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>Requests to an origin over the fake back end, in orders of events that seeds decide. A seed that fails is named and can be run
/// alone by setting TLSPROXY_SEED, which traces it; TLSPROXY_SEEDS=first-last runs others.</summary>
public sealed class SeededOriginTests : IDisposable
{
    private const int Schedules = 1_000;
    private const int Repeated = 50;

    private static readonly string[] s_reached =
    [
        "answered", "asked for", "early", "refused", "interim", "repeated", "surplus behind", "closed at rest", "reset at rest",
        "surplus at rest", "ended within a head", "Close within an answer", "Close behind an answer", "Reset within an answer",
        "Reset behind an answer", "Stall within an answer", "Cancelled", "ClientBodyFailed", "ConnectFailed", "IdleTimeout",
        "NoResponse", "ResponseTimeout", "Truncated",
    ];

    private readonly SegmentPool _pool = new();
    private readonly ScheduleTally _tally = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Each_sink_gets_the_bytes_that_were_meant_for_it_and_nothing_is_left()
    {
        var (first, last) = SeedRange.OfTheRun(Schedules);
        for (var seed = first; seed <= last; seed++)
            Run(seed, isTraced: SeedRange.Chosen is not null);
        TestContext.Current.TestOutputHelper?.WriteLine($"Seeds {first} to {last}: {_tally}");
        if (last - first < Schedules - 1)
            return;
        // A harness that no longer reaches what was to be tried would find nothing.
        Assert.All(s_reached, what => Assert.InRange(_tally[what], 5, long.MaxValue));
        Assert.InRange(_tally["answered"], _tally["requests"] / 2, long.MaxValue);
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
        try
        {
            ulong digest;
            using (var scene = new SeededScene(seed, _pool))
            {
                if (isTraced)
                    scene.TraceTo(Console.Error.WriteLine);
                scene.Run();
                foreach (var (what, count) in scene.Tally.Counts)
                    _tally.Add(what, count);
                digest = scene.Digest;
            }

            Assert.Equal(baseline, _pool.RentedSegments);
            return digest;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new InvalidOperationException(
                $"Seed {seed} failed: {exception.Message} (TLSPROXY_SEED={seed} runs it alone.)", exception);
        }
    }
}
