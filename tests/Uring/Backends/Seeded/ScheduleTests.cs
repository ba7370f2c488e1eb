using TlsProxy.Testing;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>Random schedules of operations over real sockets, the same on every back end. A seed that fails is named and can be run alone
/// by setting TLSPROXY_SEED; TLSPROXY_SEEDS=first-last runs others.</summary>
public sealed class ScheduleTests
{
    private const int Schedules = 8;
    private const int Connections = 8;

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public async Task Bytes_arrive_in_order_every_operation_ends_once_and_nothing_is_left(string variant)
    {
        var (first, last) = SeedRange.OfTheRun(Schedules);
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                await RunAsync(variant, seed);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.SkipException)
            {
                throw new InvalidOperationException($"Seed {seed} over {variant}: {exception.Message}", exception);
            }
        }
    }

    private static async Task RunAsync(string variant, int seed)
    {
        var random = new Random(seed);
        using var pool = new SegmentPool();
        using var thread = new LoopThread(Variants.Request(variant));
        var (listener, port) = thread.Listen(random.Next(2) == 0 ? 16 * 1024 : null);
        var plans = Enumerable.Range(0, Connections).Select(_ => ConnectionPlan.Create(random)).ToArray();
        foreach (var round in plans.Chunk(random.Next(1, Connections + 1)))
            await RunTogetherAsync(thread, pool, listener, port, round);
        Assert.Equal(0, pool.RentedSegments);
        Assert.Equal(0, thread.Do(() => thread.Loop.PendingOperations));
        Assert.Equal(Errno.None, thread.Do(() => thread.Loop.Sockets.Close(listener)));
    }

    /// <summary>Accepts as many connections as there are plans, gives each the plan of its turn, and follows them to their ends.</summary>
    private static async Task RunTogetherAsync(LoopThread thread, SegmentPool pool, int listener, int port, ConnectionPlan[] plans)
    {
        var end = TestContext.Current.CancellationToken;
        var server = thread.Do(() => new ScheduledServer(thread.Loop, pool, listener, plans));
        var peers = plans.Select(plan => new ScheduledPeer(plan)).ToArray();
        // One after the other is accepted, so that each side follows the same plan.
        var running = new List<Task>();
        foreach (var (i, peer) in peers.Index())
        {
            running.Add(peer.RunAsync(port, end));
            await server.Accepted(i);
        }

        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(60), end);
        await server.Done;
        foreach (var (connection, peer, plan) in server.Connections.Zip(peers, plans))
        {
            Assert.True(connection.Fault is null, connection.Fault?.Message);
            if (plan.IsCalm)
                Assert.Equal(
                    (plan.PeerSends, plan.Sends, plan.Sends, false),
                    (connection.Received, connection.Sent, peer.Received, connection.WasReset));
        }
    }
}
