using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>The surroundings of one schedule: what its kernel can do, what goes wrong, and how the proxy is set.</summary>
/// <param name="IsCalm">Nothing goes wrong that would excuse a missing answer.</param>
/// <param name="MemoryBytes">What the proxy may hold of bodies and buffers.</param>
/// <param name="IsTight">Ranges are asked for, of bodies that were to be stored and go on through a window smaller than they are.</param>
/// <param name="IsLarge">Objects larger than a window are among those asked for; nobody is slow then, for the sake of the test's
/// time.</param>
internal sealed record ScheduleConditions(
    bool IsCalm, bool IsLarge, bool IsTight, bool UsesTls, long MemoryBytes, FakeKernel Kernel, FakeFaults Faults, ChannelOptions Channel,
    HandshakeLimits Handshakes, int Workers)
{
    // The kernel accepts on its own, or is told to stop when there is no more room for so many, or never does.
    private static readonly int[] s_unasked = [0, 4, int.MaxValue];

    /// <summary>How many connections there may be. Where nothing goes wrong no client's is ended for want of room: its next request
    /// could be on its way.</summary>
    public ConnectionLimit Connections { get; init; } = new(int.MaxValue);

    public static ScheduleConditions Create(Random random, bool usesTls)
    {
        var calm = random.Next(4) == 0;
        var large = random.Next(40) == 0;
        // A response whose ranges go back may be cut there.
        var tight = !large && !calm && random.Next(5) == 0;
        return new ScheduleConditions(
            calm, large, tight, usesTls, !calm && random.Next(12) == 0 ? random.Next(1000, 300_000) : long.MaxValue,
            CreateKernel(random, large, usesTls), CreateFaults(random, calm), CreateChannel(random, calm), CreateLimits(random, calm),
            random.Next(4) == 0 ? 2 : 1)
        {
            Connections = new ConnectionLimit(
                !calm && random.Next(3) == 0 ? random.Next(2, 12) : int.MaxValue, workers: 2, s_unasked[random.Next(s_unasked.Length)]),
        };
    }

    /// <summary>Where nothing goes wrong a slow client isn't let go before it has asked.</summary>
    public DeadlineOptions Deadlines =>
        IsCalm ? new DeadlineOptions { FirstWhileDraining = TimeSpan.FromMinutes(1) } : new DeadlineOptions();

    private static FakeKernel CreateKernel(Random random, bool large, bool usesTls) => new()
    {
        Attach = random.Next(6) == 0 ? Errno.ENOENT : Errno.None,
        Transmit = random.Next(8) == 0 ? Errno.ENOENT : Errno.None,
        Receive = random.Next(8) == 0 ? Errno.EINVAL : Errno.None,
        TakesNewKeys = random.Next(2) == 0,
        Multishot = random.Next(8) != 0,
        SendsWithoutCopying = random.Next(6) == 0,
        ReceiveBufferBytes = random.Next(3) == 0 ? random.Next(64, 512) : 4096,
        ReceiveBuffers = random.Next(1, 8),
        // With TLS, a third of it takes a record: what the kernel has accepted then fits when it says that there is room.
        SendBufferBytes = !large && !usesTls && random.Next(4) == 0
            ? random.Next(500, 20_000)
            : random.Next(50_000, random.Next(2) == 0 ? 80_000 : 300_000),
    };

    private static FakeFaults CreateFaults(Random random, bool calm)
    {
        int Chance(int maximum) => random.Next(2) == 0 ? random.Next(maximum) : 0;
        var faults = new FakeFaults
        {
            SendInterruptions = Chance(30),
            ReceiveErrors = Chance(40),
            Overflows = Chance(100),
            StaleCompletions = Chance(100),
            ShortSends = Chance(400),
            DescriptorLimit = random.Next(4) == 0 ? random.Next(5, 9) : int.MaxValue,
        };
        return calm
            ? faults
            : faults with { Resets = Chance(10), SendErrors = Chance(10), AcceptErrors = Chance(200), LongWaits = Chance(40) };
    }

    private static HandshakeLimits CreateLimits(Random random, bool calm) => new()
    {
        StepsPerTurn = random.Next(1, 8),
        HeldMaximum = !calm && random.Next(4) == 0 ? random.Next(1, 3) : 1024,
    };

    private static ChannelOptions CreateChannel(Random random, bool calm) => new()
    {
        Offload = new OffloadPolicy
        {
            Mode = (KtlsMode)Math.Max(0, random.Next(-1, 3)),
            IsRequired = !calm && random.Next(16) == 0,
            ResponseBytesLeast = random.Next(3) == 0 ? random.Next(1, 20_000) : 0,
        },
        ChunkBytes = random.Next(6) switch { 0 => 4096, 1 => 16_384, _ => 131_072 },
    };
}
