using TlsProxy.Testing;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Late hand-overs in thousands of orders of events. A seed that fails is named and can be run alone by setting TLSPROXY_SEED;
/// TLSPROXY_SEEDS=first-last runs others.</summary>
public sealed class LateHandOverSeedTests
{
    private const int Seeds = 1_000;

    [Fact]
    public void Every_byte_arrives_in_its_place_whoever_makes_and_opens_the_records()
    {
        var (first, last) = SeedRange.OfTheRun(Seeds);
        var (updates, both) = (0, 0L);
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                using var schedule = new LateHandOverSchedule(seed);
                schedule.Run();
                updates += schedule.KeyUpdates;
                both += schedule.Counters.Receive;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Seed {seed} failed: {exception.Message}", exception);
            }
        }

        if (SeedRange.Chosen is not null)
            return;
        Assert.InRange(updates, (last - first) / 10, int.MaxValue);
        Assert.InRange(both, (last - first) / 4, long.MaxValue);
    }
}
