namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Does something once for each point that is passed while it is done, with a fault there, and after each fault once
/// without.</summary>
internal static class FaultSweep
{
    private const int PointsMaximum = 2000;
    private const int MissesMaximum = 12;
    private const int NamedTriesMaximum = 20;

    /// <param name="act">Returns how many of its requests had no answer; bytes that are wrong fail the test.</param>
    /// <param name="expected">Points that are passed each time: those that the numbers missed are faulted by name.</param>
    /// <returns>The points at which there were faults, and how many requests had no answer by one.</returns>
    public static async Task<Dictionary<string, int>> RunAsync(
        FaultScene scene, Func<Task<int>> act, FaultKind kind, params string[] expected)
    {
        var losses = new Dictionary<string, int>();
        var misses = 0;
        // Which points there are differs from time to time: what comes together is told together.
        for (var pass = 1; pass < PointsMaximum && misses < MissesMaximum; pass++)
            misses = await TryAsync(scene, act, losses, kind, pass) ? 0 : misses + 1;
        Assert.Equal(MissesMaximum, misses);
        foreach (var missed in expected.Except(losses.Keys).ToArray())
        {
            for (var tries = 0; tries < NamedTriesMaximum && !losses.ContainsKey(missed); tries++)
                await TryAsync(scene, act, losses, kind, 1, missed);
        }

        Assert.Empty(expected.Except(losses.Keys));
        return losses;
    }

    /// <summary>Asks for a response that is fetched, for the same from the cache, and posts, on one connection while it lasts.</summary>
    /// <returns>How many requests had no answer.</returns>
    public static async Task<int> AskAsync(FaultScene scene, bool isIntroduced)
    {
        using var client = new FaultClient(isIntroduced ? scene.Introduced : scene.Plain, isIntroduced);
        var lost = 0;
        foreach (var (method, target) in new[] { (HttpMethod.Get, "/a"), (HttpMethod.Get, "/a"), (HttpMethod.Post, "/b") })
        {
            scene.Heads.Close();
            try
            {
                lost += await client.TryAsync(method, target, FaultScene.Chunks, scene.Heads.Open) ? 0 : 1;
            }
            catch (Exception exception)
            {
                var place = $"{method} {target} after a fault at {scene.Plan.FaultedAt}";
                throw new InvalidOperationException($"{place}: {exception.Message}", exception);
            }
            finally
            {
                scene.Heads.Open();
            }
        }

        return lost;
    }

    /// <returns>Whether the point was passed and so faulted.</returns>
    private static async Task<bool> TryAsync(
        FaultScene scene, Func<Task<int>> act, Dictionary<string, int> losses, FaultKind kind, int pass, string? point = null)
    {
        // What is stored from a try that passed no such point would be found instead of fetched.
        scene.Forget();
        var before = scene.Faults.Count;
        scene.Plan.Arm(pass, point, kind);
        var lost = await act();
        await scene.RestAsync();
        scene.EndFault();
        if (scene.Plan.FaultedAt is not { } place)
            return false;
        losses[place] = Math.Max(lost, losses.GetValueOrDefault(place));
        var counted = before + (kind == FaultKind.Throw ? 1 : 0);
        await scene.CountedAsync(counted);
        await scene.RestAsync();
        Assert.True(scene.Faults.Count == counted, $"{place}: {scene.Faults.Count - before} faults were counted");
        Assert.True(await act() == 0, $"{place}: a request behind the fault had no answer");
        await scene.RestAsync();
        await scene.CheckNothingIsLeftAsync(place);
        return true;
    }
}
