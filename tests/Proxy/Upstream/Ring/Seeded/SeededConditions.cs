using TlsProxy.Proxy.Upstream;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>The surroundings of one schedule of a client of an origin.</summary>
/// <param name="IsCalm">Nothing goes wrong below the client that would excuse a failure.</param>
/// <param name="Connections">The most connections at a time.</param>
/// <param name="MemoryBytes">What heads, input and bodies of requests may take.</param>
/// <param name="Together">Requests that are under way at a time, at most.</param>
/// <param name="IsEndedEarly">The origin ends while requests are under way.</param>
internal sealed record SeededConditions(
    bool IsCalm, int Connections, long MemoryBytes, int Together, bool IsEndedEarly, FakeKernel Kernel, FakeFaults Faults)
{
    /// <summary>How long the client waits for a step of the origin's.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The most bytes of a body: fewer where each takes many sends.</summary>
    public int BytesMaximum => Kernel.SendBufferBytes < 1000 ? 6000 : 150_000;

    public OriginOptions Options { get; } = new()
    {
        Host = "127.0.0.1",
        Port = 8081,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ResponseTimeout = Patience,
        IdleTimeout = Patience,
        ContinueTimeout = TimeSpan.FromSeconds(1),
        KeepAliveTimeout = TimeSpan.FromSeconds(4),
        ConnectionAgeMax = TimeSpan.FromSeconds(30),
        ConnectionsMax = Connections,
    };

    public static SeededConditions Create(Random random)
    {
        var calm = random.Next(4) != 0;
        return new SeededConditions(
            calm, random.Next(1, 4), !calm && random.Next(6) == 0 ? random.Next(500, 200_000) : long.MaxValue, random.Next(1, 5),
            random.Next(12) == 0, CreateKernel(random), CreateFaults(random, calm));
    }

    private static FakeKernel CreateKernel(Random random) => new()
    {
        ReceiveBufferBytes = random.Next(3) == 0 ? random.Next(16, 512) : 4096,
        ReceiveBuffers = random.Next(1, 6),
        SendBufferBytes = random.Next(3) == 0 ? random.Next(20, random.Next(2) == 0 ? 100 : 5000) : 65536,
    };

    private static FakeFaults CreateFaults(Random random, bool calm)
    {
        int Chance(int maximum) => random.Next(2) == 0 ? random.Next(maximum) : 0;
        var faults = new FakeFaults
        {
            SendInterruptions = Chance(40),
            ReceiveErrors = Chance(40),
            Overflows = Chance(200),
            StaleCompletions = Chance(100),
            ShortSends = Chance(400),
        };
        return calm
            ? faults
            : faults with
            {
                Resets = Chance(15),
                SendErrors = Chance(15),
                ConnectErrors = Chance(200),
                LostConnects = Chance(100),
                LongWaits = Chance(20),
                DescriptorLimit = random.Next(6) == 0 ? random.Next(1, 3) : int.MaxValue,
            };
    }
}
