using System.Net;
using TlsProxy.Proxy.Tests.Connections.Faults;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using static TlsProxy.Proxy.Tests.Upstream.Ring.Connecting.DialScene;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>A dial in which one call or callback throws, each in turn: its owner hears of it, and no descriptor, memory, deadline or
/// operation is left.</summary>
public sealed class DialFaultTests
{
    private const int PassesMaximum = 200;

    public static TheoryData<string> Courses =>
        ["second wins", "first refused", "all refused", "both hang", "together", "no descriptor", "cancelled", "path"];

    [Theory]
    [MemberData(nameof(Courses))]
    public void Wherever_it_throws_nothing_is_left(string course)
    {
        var pass = 1;
        for (; Run(course, pass, FaultKind.Throw) is not null; pass++)
            Assert.True(pass < PassesMaximum, "The course doesn't come to an end.");
        Assert.True(pass > 5, "Hardly a point was passed.");
    }

    [Theory]
    [MemberData(nameof(Courses))]
    public void Whatever_call_lacks_memory_nothing_is_left(string course)
    {
        var pass = 1;
        for (; Run(course, pass, FaultKind.NoBuffers) is not null; pass++)
            Assert.True(pass < PassesMaximum, "The course doesn't come to an end.");
        Assert.True(pass > 1, "No point was passed.");
    }

    /// <returns>Where it went wrong; null where the course has fewer points.</returns>
    private static string? Run(string course, int pass, FaultKind kind)
    {
        using var scene = new DialScene(seed: 1, new() { DescriptorLimit = course == "no descriptor" ? 0 : int.MaxValue });
        var life = new Life(scene, Prepare(scene, course));
        scene.Loop.Defer(life);
        scene.Plan.Arm(pass, kind: kind);
        for (var turns = 0; turns < 50; turns++)
            scene.Loop.Turn();
        if (course == "cancelled")
            scene.Loop.Defer(new Cancelling(scene));
        scene.TurnUntil(() => scene.Owner.Told.Count > 0 || scene.Ledger.Count > 0 || life.IsOver || course == "cancelled");
        scene.Plan.Disarm();
        scene.Loop.Turn();
        scene.TurnUntil(() => scene.Loop.PendingOperations == 0);

        var point = scene.Plan.FaultedAt;
        Assert.True(point is null || kind != FaultKind.Throw || scene.Ledger.Count == 1, $"{point} was met {scene.Ledger.Count} times.");
        Assert.True(scene.Owner.Told.Count <= 1, $"{point}: {string.Join(", ", scene.Owner.Told)}");
        try
        {
            scene.CheckNothingIsLeft(scene.Owner.Told.Count);
        }
        catch (Xunit.Sdk.XunitException left)
        {
            throw new InvalidOperationException($"At {point} <- {scene.Plan.Callers}: {left.Message}", left);
        }

        return point;
    }

    private static EndPoint[] Prepare(DialScene scene, string course)
    {
        switch (course)
        {
            case "second wins" or "cancelled":
                scene.Silent(V6);
                scene.Origin(V4, milliseconds: course == "cancelled" ? 3000 : 100);
                return [V6, V4];
            case "first refused":
                scene.Origin(V6, milliseconds: 10, Errno.ECONNREFUSED);
                scene.Origin(V4, milliseconds: 10);
                return [V6, V4];
            case "both hang":
                scene.Silent(V6);
                scene.Silent(V4);
                return [V6, V4];
            case "together":
                scene.Origin(V6, milliseconds: 260);
                scene.Origin(V4, milliseconds: 5);
                return [V6, V4];
            case "path":
                scene.Network.Listen(UnixPath);
                return [UnixPath];
            default:
                return [V6, V4];
        }
    }

    /// <summary>The life that dials, in whose callback the dial starts.</summary>
    private sealed class Life(DialScene scene, EndPoint[] addresses) : IPosted
    {
        public bool IsOver { get; private set; }

        public void Run() => scene.Dial.Start(addresses);

        public void OnFault()
        {
            IsOver = true;
            scene.Dial.Cancel();
        }
    }

    private sealed class Cancelling(DialScene scene) : IPosted
    {
        public void Run() => scene.Dial.Cancel();

        public void OnFault() => scene.Dial.Cancel();
    }
}
