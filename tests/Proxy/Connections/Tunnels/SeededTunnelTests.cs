using TlsProxy.Testing;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Tunnels;

/// <summary>Tunnels over the fake back end, in orders of events that seeds decide; TLSPROXY_SEED and TLSPROXY_SEEDS choose them.</summary>
public sealed class SeededTunnelTests : IDisposable
{
    private const int Schedules = 400;
    private const int TurnsMaximum = 60_000;

    // Of each direction: what the tunnel holds back, and what has come by the time its reader is told to wait.
    private const int HeldSegmentsMaximum = 16;

    private readonly SegmentPool _buffers = new();

    // What the client is to get, and what the origin is.
    private readonly byte[][] _sent = [[], []];

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void Each_end_gets_the_bytes_of_the_other_and_the_end_whatever_the_order()
    {
        ForEachSeed(seed =>
        {
            using var scene = new TunnelScene(seed, _buffers, KernelOf(seed), FaultsOf(seed));
            var (client, origin) = TryBegin(scene)!.Value;
            for (var turns = 0; !(client.IsOver && origin.IsOver); turns++)
            {
                Assert.True(turns < TurnsMaximum, "The tunnel doesn't end.");
                client.Step();
                origin.Step();
                scene.Turn();
                Assert.InRange(scene.HeldSegments, 0, HeldSegmentsMaximum);
            }

            Assert.False(client.Socket.IsReset || origin.Socket.IsReset);
            Assert.Equal(_sent[0], client.Received);
            Assert.Equal(_sent[1], origin.Received);
            scene.CheckNothingIsLeft();
        });
    }

    [Fact]
    public void A_reset_or_a_cut_at_any_time_ends_both_ends_and_leaves_nothing()
    {
        ForEachSeed(seed =>
        {
            var faults = FaultsOf(seed) with { Resets = seed % 3, SendErrors = seed % 2 };
            using var scene = new TunnelScene(seed, _buffers, KernelOf(seed), faults);
            if (TryBegin(scene) is not var (client, origin))
            {
                // The connection was lost before.
                scene.CheckNothingIsLeft();
                return;
            }

            var cutAt = scene.Random.Next(400);
            for (var turns = 0; !scene.IsClosed; turns++)
            {
                Assert.True(turns < TurnsMaximum, "The tunnel doesn't end.");
                if (turns == cutAt)
                    Cut(scene, client, origin);
                client.Step();
                origin.Step();
                scene.Turn();
            }

            scene.CheckNothingIsLeft();
            client.Read(1 << 20);
            origin.Read(1 << 20);
            Assert.Equal(_sent[0].Take(client.Received.Count), client.Received);
            Assert.Equal(_sent[1].Take(origin.Received.Count), origin.Received);
            // Who hasn't got all isn't told an end in order, unless the other end has told it.
            Assert.True(client.Socket.IsReset || client.HasEnd);
            Assert.True(client.Received.Count == _sent[0].Length || client.Socket.IsReset, "The client was told an end that isn't one.");
            Assert.True(origin.Received.Count == _sent[1].Length || origin.Socket.IsReset, "The origin was told an end that isn't one.");
        });
    }

    private static void Cut(TunnelScene scene, TunnelSide client, TunnelSide origin)
    {
        switch (scene.Random.Next(3))
        {
            case 0:
                client.Socket.Reset();
                break;
            case 1:
                origin.Socket.Reset();
                break;
            default:
                scene.Abort();
                break;
        }
    }

    /// <summary>Opens a tunnel, into which either end may have sent bytes before it is open.</summary>
    private (TunnelSide Client, TunnelSide Origin)? TryBegin(TunnelScene scene)
    {
        var most = scene.Random.Next(4) == 0 ? 300_000 : 5_000;
        // What each end gets is what the other sends.
        _sent[0] = Bytes(scene.Random, most);
        _sent[1] = Bytes(scene.Random, most);
        var client = new TunnelSide(scene.Random, scene.Client, _sent[1]);
        TunnelScene.Write(scene.Client, TunnelScene.Offer);
        if (scene.Random.Next(2) == 0)
            client.Write(scene.Random.Next(1, 3_000));
        scene.ReadHead(() => scene.Opened > 0 ? scene.Origin : null);
        if (scene.IsClosed)
            return null;
        Assert.Equal(0, scene.Origin.Deliverable);
        var origin = new TunnelSide(scene.Random, scene.Origin, _sent[0]);
        TunnelScene.Write(scene.Origin, TunnelScene.Acceptance);
        if (scene.Random.Next(2) == 0)
            origin.Write(scene.Random.Next(1, 3_000));
        return scene.ReadHead(() => scene.Client).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) ? (client, origin) : null;
    }

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static FakeKernel KernelOf(int seed) => new()
    {
        ReceiveBufferBytes = seed % 3 == 0 ? 64 : 4096,
        ReceiveBuffers = 1 + (seed % 5),
        SendBufferBytes = seed % 4 == 0 ? 3_000 : 65_536,
        SendsWithoutCopying = seed % 5 == 0,
    };

    private static FakeFaults FaultsOf(int seed) => new()
    {
        SendInterruptions = seed % 2 * 30,
        ReceiveErrors = seed % 7 * 5,
        Overflows = seed % 3 * 60,
        StaleCompletions = seed % 4 * 25,
        ShortSends = seed % 5 * 90,
    };

    private static void ForEachSeed(Action<int> run)
    {
        var (first, last) = SeedRange.OfTheRun(Schedules);
        for (var seed = first; seed <= last; seed++)
        {
            try
            {
                run(seed);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException(
                    $"Seed {seed} failed (TLSPROXY_SEED={seed} runs it alone): {exception.Message}", exception);
            }
        }
    }
}
