using TlsProxy.Testing;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using static TlsProxy.Proxy.Tests.Upstream.Ring.Connecting.DialScene;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>Dials that are cancelled, or find no descriptor or memory: the owner hears what it has to, and nothing is left.</summary>
public sealed class DialEndTests
{
    private const int Seeds = 20;
    private const int StepsMaximum = 60;

    [Fact]
    public void After_a_cancel_at_any_step_nothing_is_told_or_left()
    {
        var (first, last) = SeedRange.OfTheRun(Seeds);
        for (var seed = first; seed <= last; seed++)
        {
            for (var steps = 0; steps < StepsMaximum; steps++)
            {
                using var scene = new DialScene(seed);
                scene.Origin(V6, milliseconds: 300, Errno.ECONNREFUSED);
                scene.Origin(V4, milliseconds: 100);
                scene.Dial.Start([V6, V4]);
                for (var turn = 0; turn < steps; turn++)
                    scene.Loop.Turn();
                var told = scene.Owner.Told.Count;

                scene.Dial.Cancel();

                scene.CheckNothingIsLeft(told);
            }
        }
    }

    [Fact]
    public void A_cancel_silences_a_failure_that_is_on_its_way()
    {
        using var scene = new DialScene(seed: 1, new FakeFaults { DescriptorLimit = 0 });
        scene.Dial.Start([V4]);
        scene.Dial.Cancel();
        scene.CheckNothingIsLeft(outcomes: 0);
    }

    [Fact]
    public void Without_a_descriptor_for_any_attempt_that_is_told()
    {
        using var scene = new DialScene(seed: 1, new FakeFaults { DescriptorLimit = 0 });
        Assert.Equal($"NoDescriptor {V6}, EMFILE", scene.Outcome(V6, V4));
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void Without_a_descriptor_for_a_second_attempt_the_first_goes_on()
    {
        using var scene = new DialScene(seed: 1, new FakeFaults { DescriptorLimit = 1 });
        scene.Origin(V6, milliseconds: 700);
        var second = scene.Origin(V4, milliseconds: 1);
        Assert.Equal($"connected {V6}", scene.Outcome(V6, V4));
        Assert.Equal(0, second.Connects);
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void An_attempt_that_fails_leaves_its_descriptor_to_the_one_that_had_none()
    {
        using var scene = new DialScene(seed: 1, new FakeFaults { DescriptorLimit = 1 });
        scene.Origin(V6, milliseconds: 700, Errno.ECONNREFUSED);
        scene.Origin(V4, milliseconds: 1);
        Assert.Equal($"connected {V4}", scene.Outcome(V6, V4));
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void Without_memory_for_an_address_the_dial_fails()
    {
        using var scene = new DialScene(seed: 1, memoryMaximum: 0);
        scene.Network.Listen(V4);
        Assert.Equal($"ConnectFailed {V4}, ENOMEM", scene.Outcome(V4));
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void An_owner_may_cancel_within_its_call()
    {
        using var scene = new DialScene(seed: 1);
        scene.Network.Listen(V4);
        scene.Owner.OnTold = scene.Dial.Cancel;
        Assert.Equal($"connected {V4}", scene.Outcome(V4));
        scene.CheckNothingIsLeft();
    }

    [Fact]
    public void An_owner_that_throws_hears_of_its_fault_and_has_the_descriptor()
    {
        using var scene = new DialScene(seed: 1);
        scene.Network.Listen(V4);
        scene.Owner.OnTold = () => scene.Plan.Pass("owner");
        scene.Plan.Arm(1, "owner");
        scene.Outcome(V4);
        Assert.Equal(1, scene.Owner.Faults);
        Assert.Equal(-1, scene.Owner.Descriptor);
        scene.CheckNothingIsLeft();
    }
}
