using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Lives;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>What leaves the cache gives its memory back when the cache's gate is free again, for a large body is unmapped then.</summary>
public sealed class CacheReleaseTests
{
    private static readonly Dictionary<string, Action<CacheScene, CacheEntry>> s_ways = new()
    {
        ["its key is removed"] = static (scene, _) => scene.Cache.Remove(CacheScene.KeyOf("/a")),
        ["it is removed"] = static (scene, entry) => scene.Cache.Remove(CacheScene.KeyOf("/a"), entry),
        ["the same variant is stored"] = static (scene, _) => StoreEmpty(scene, "/a"),
        ["another takes its place"] = static (scene, _) => StoreEmpty(scene, "/b"),
        ["its time is over"] = static (scene, _) => scene.Cache.Expire(scene.Begun + 100_000),
        ["all is forgotten"] = static (scene, _) => scene.Cache.Clear(),
    };

    public static TheoryData<string> Ways => [.. s_ways.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_response_is_released_after_the_gate_when(string way)
    {
        using var scene = new CacheScene(nodes: 1);
        scene.Store("/a", "one");
        var entry = scene.Cache.TryAcquire(Messages.Request("/a"), null, out _)!;
        entry.Response.Release();
        AssertReleasedAfterGate(scene, () => s_ways[way](scene, entry));
    }

    [Fact]
    public void Parts_are_released_after_the_gate()
    {
        using var scene = new CacheScene();
        var parts = PartOf(scene, scene.Cache.Permit());
        AssertReleasedAfterGate(scene, () => scene.Cache.Parts.Remove(CacheScene.KeyOf("/a"), parts));
    }

    /// <summary>Has the pool hold up whoever gives memory back, and looks at the gate then.</summary>
    private static void AssertReleasedAfterGate(CacheScene scene, Action leave)
    {
        var gate = ((CacheNodes)Peek.At(scene.Cache, "_nodes")!).Gate;
        HeldMemory.Look(scene.Pool, leave, () =>
        {
            Assert.True(gate.TryEnter());
            gate.Exit();
        });
    }

    private static void StoreEmpty(CacheScene scene, string target)
    {
        var entry = scene.Entry(target, string.Empty, [], []);
        scene.Cache.Store(CacheScene.KeyOf(target), entry, scene.Cache.Permit(), scene.Begun);
        entry.Response.Release();
    }

    private static PartialResponse PartOf(CacheScene scene, StorePermit permit)
    {
        var whole = scene.Entry("/a", string.Empty, ["ETag: \"1\""], []);
        var source = new Body(scene.Pool, 3);
        Assert.True(source.Append("one"u8));
        var parts = PartialResponse.Of(whole, 10, source, new ByteSpan(0, 3));
        source.Release();
        Assert.True(scene.Cache.Parts.Store(CacheScene.KeyOf("/a"), parts, updatesOnly: false, 1 << 20, permit, scene.Begun));
        return parts;
    }
}
