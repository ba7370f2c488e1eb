using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A fault at each point of each callback, one after the other: one life ends by it, and nothing else does.</summary>
public sealed class FaultTests
{
    private const int PointsMaximum = 2000;

    public static TheoryData<string, bool> Scenes => new()
    {
        { "io_uring", false },
        { "io_uring", true },
        { "epoll", false },
        { "epoll", true },
    };

    [Theory]
    [MemberData(nameof(Scenes))]
    public async Task A_fault_at_any_point_ends_one_life_and_the_next_client_is_served(string kind, bool isIntroduced)
    {
        await using var scene = new FaultScene(Backend(kind));
        var thrownAt = new HashSet<string>();
        for (var point = 1; point < PointsMaximum; point++)
        {
            var before = scene.Faults.Count;
            scene.Plan.Arm(point);
            await AskAsync(scene, isIntroduced, tolerant: true);
            await scene.RestAsync();
            scene.Plan.Disarm();
            if (scene.Plan.ThrownAt is not { } place)
                break;
            thrownAt.Add(place);
            Assert.True(scene.Faults.Count == before + 1, $"{place}: {scene.Faults.Count - before} faults were counted");
            await AskAsync(scene, isIntroduced, tolerant: false);
            await scene.RestAsync();
            await scene.CheckNothingIsLeftAsync(place);
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', thrownAt.Order()));
        Assert.Superset(new HashSet<string>(["Fetch.OnHead", "Fetch.OnData", "Fetch.OnEnd"]), thrownAt);
    }

    private static async Task AskAsync(FaultScene scene, bool isIntroduced, bool tolerant)
    {
        using var client = new FaultClient(isIntroduced ? scene.Introduced : scene.Plain, isIntroduced);
        foreach (var (method, target) in new[] { (HttpMethod.Get, "/a"), (HttpMethod.Get, "/a"), (HttpMethod.Post, "/b") })
        {
            try
            {
                Assert.True(await client.TryAsync(method, target, FaultScene.Chunks) || tolerant, "no answer");
            }
            catch (Exception exception)
            {
                var place = $"{method} {target} after a fault at {scene.Plan.ThrownAt}";
                throw new InvalidOperationException($"{place}: {exception.Message}", exception);
            }
        }
    }

    private static BackendChoice Backend(string kind)
    {
        var request = new BackendRequest { Kind = Enum.GetValues<BackendKind>().Single(known => BackendChoice.NameOf(known) == kind) };
        var choice = BackendChoice.Make(request, out var failure);
        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"{kind} is forbidden here");
        return choice!;
    }
}
