using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>What the kernel or the pool may refuse, at each point where it can, over the back ends of the kernel: at most one connection
/// ends, none of it counts as a fault, and the next client is served.</summary>
public sealed class NamedFaultTests
{
    private const string Receive = ".Receive";

    public static TheoryData<string> Kinds => FaultedBackends.Names;

    public static MatrixTheoryData<string, bool> KindsAndProtocols => new(FaultedBackends.Names.Select(row => row.Data), [false, true]);

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_send_that_takes_one_byte_goes_on_with_the_next(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        var losses = await FaultSweep.RunAsync(scene, () => FaultSweep.AskAsync(scene, isIntroduced), FaultKind.ShortSend);

        Assert.All(losses, point => Assert.True(point.Value == 0, $"{point.Key} lost a request"));
        Assert.Contains(losses.Keys, point => point.StartsWith("RecordChannel.Send", StringComparison.Ordinal));
        Assert.Equal(isIntroduced, losses.ContainsKey("HandshakeStage.Send"));
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task Where_every_send_takes_one_byte_all_arrives(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        scene.Plan.Arm(1, kind: FaultKind.ShortSend, repeats: true);

        Assert.Equal(0, await FaultSweep.AskAsync(scene, isIntroduced));
        Assert.NotNull(scene.Plan.FaultedAt);
        await scene.RestAsync();
        await scene.CheckNothingIsLeftAsync("short sends");
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task An_operation_without_buffers_is_made_again_or_ends_one_connection(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        string[] expected = isIntroduced
            ? ["ProxyHeaderStage.Receive", "HandshakeStage.Receive", "HandshakeStage.Send", "RecordChannel.ReceiveMultishot"]
            : ["RecordChannel.ReceiveMultishot"];

        var losses = await FaultSweep.RunAsync(
            scene, () => FaultSweep.AskAsync(scene, isIntroduced), FaultKind.NoBuffers, expected);

        Assert.All(
            losses.Where(point => point.Key.Contains(Receive, StringComparison.Ordinal)),
            point => Assert.True(point.Value == 0, $"{point.Key} lost a request"));
        Assert.Contains(losses.Keys, point => point.StartsWith("RecordChannel.Send", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(KindsAndProtocols))]
    public async Task A_pool_without_segments_from_any_point_on_costs_answers_alone(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(FaultedBackends.Choose(kind));

        string[] starts = isIntroduced
            ? ["ProxyHeaderStage.Receive", "HandshakeStage.Receive"] : ["Connection.Start", "RecordChannel.ReceiveMultishot"];
        string[] expected = [.. starts, "ArrivingAnswer.OnHead", "ArrivingAnswer.TryReserve", "ArrivingAnswer.Commit"];

        var losses = await FaultSweep.RunAsync(
            scene, () => FaultSweep.AskAsync(scene, isIntroduced), FaultKind.NoSegment, expected);

        Assert.Contains(losses.Values, lost => lost > 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_accept_without_descriptors_or_buffers_pauses_and_goes_on(string kind)
    {
        foreach (var fault in new[] { FaultKind.NoDescriptors, FaultKind.NoBuffers })
        {
            var plan = new FaultPlan();
            plan.Arm(1, "Listener.Accept", fault);
            await using var scene = new FaultScene(FaultedBackends.Choose(kind), plan: plan);

            Assert.Equal(0, await FaultSweep.AskAsync(scene, isIntroduced: false));

            await CheckPauseAsync(scene, "Listener.Accept");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Near_the_limit_an_accept_without_descriptors_or_buffers_pauses_and_goes_on(string kind)
    {
        foreach (var fault in new[] { FaultKind.NoDescriptors, FaultKind.NoBuffers })
        {
            var few = new ConnectionLimit(maximum: 8, workers: 1, unasked: int.MaxValue);
            await using var scene = new FaultScene(FaultedBackends.Choose(kind), connections: few);
            scene.Plan.Arm(1, "accept", fault);

            Assert.Equal(0, await FaultSweep.AskAsync(scene, isIntroduced: true));

            await CheckPauseAsync(scene, "accept");
        }
    }

    private static async Task CheckPauseAsync(FaultScene scene, string point)
    {
        await scene.RestAsync();
        Assert.Equal(point, scene.Plan.FaultedAt);
        Assert.Equal(1, scene.Worker.Counters.AcceptPauses);
        Assert.Equal(0, scene.Faults.Count);
        await scene.CheckNothingIsLeftAsync(point);
    }
}
