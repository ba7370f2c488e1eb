using TlsProxy.Testing;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using static TlsProxy.Proxy.Tests.Upstream.Ring.Connecting.DialScene;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>Which of several addresses a dial connects to, and when it gives up.</summary>
public sealed class DialTests
{
    private const int Seeds = 50;

    [Fact]
    public void Where_the_first_refuses_the_second_is_tried_at_once() => ForEachSeed(scene =>
    {
        scene.Origin(V6, milliseconds: 1, Errno.ECONNREFUSED);
        scene.Origin(V4, milliseconds: 1);
        Assert.Equal($"connected {V4}", scene.Outcome(V6, V4));
        Assert.True(scene.Elapsed < TimeSpan.FromMilliseconds(250));
    });

    [Fact]
    public void Where_the_first_is_slow_the_second_begins_after_a_quarter_of_a_second_and_the_loser_is_closed() => ForEachSeed(scene =>
    {
        var slow = scene.Silent(V6);
        var fast = scene.Origin(V4, milliseconds: 1);
        scene.Dial.Start([V6, V4]);
        scene.TurnUntil(() => fast.Connects > 0);
        Assert.InRange(scene.Elapsed.TotalMilliseconds, 250, 300);
        Assert.Equal(1, slow.Connects);
        scene.TurnUntil(() => scene.Owner.Told.Count > 0);
        Assert.Equal($"connected {V4}", scene.Owner.Told[0]);
    });

    [Fact]
    public void A_slow_first_wins_if_it_answers_before_the_second() => ForEachSeed(scene =>
    {
        scene.Origin(V6, milliseconds: 400);
        scene.Silent(V4);
        Assert.Equal($"connected {V6}", scene.Outcome(V6, V4));
    });

    [Fact]
    public void Of_two_that_answer_together_one_is_kept_and_the_other_closed() => ForEachSeed(scene =>
    {
        var first = scene.Origin(V6, milliseconds: 260);
        var second = scene.Origin(V4, milliseconds: 1);
        Assert.StartsWith("connected ", scene.Outcome(V6, V4));
        scene.TurnUntil(() => scene.Loop.PendingOperations == 0);
        var accepted = Accepted(first).Concat(Accepted(second)).ToList();
        Assert.Single(accepted, peer => !peer.IsClosed);
        Assert.InRange(accepted.Count, 1, 2);
    });

    [Fact]
    public void The_delay_counts_from_the_last_attempt() => ForEachSeed(scene =>
    {
        scene.Origin(V6, milliseconds: 100, Errno.EHOSTUNREACH);
        scene.Silent(V4);
        var third = scene.Origin(OtherV4, milliseconds: 1);
        scene.Dial.Start([V6, V4, OtherV4]);
        scene.TurnUntil(() => third.Connects > 0);
        Assert.InRange(scene.Elapsed.TotalMilliseconds, 350, 450);
        scene.TurnUntil(() => scene.Owner.Told.Count > 0);
    });

    [Fact]
    public void Where_all_are_silent_the_timeout_of_all_tells_the_last_address() => ForEachSeed(scene =>
    {
        scene.Silent(V6);
        scene.Silent(V4);
        Assert.Equal($"ConnectTimeout {V4}", scene.Outcome(V6, V4));
        Assert.InRange(scene.Elapsed.TotalSeconds, 5, 5.1);
    });

    [Fact]
    public void Where_all_fail_the_last_failure_is_told() => ForEachSeed(scene =>
    {
        scene.Origin(V6, milliseconds: 5, Errno.EHOSTUNREACH);
        Assert.Equal($"ConnectFailed {V4}, ECONNREFUSED", scene.Outcome(V6, V4));
    });

    [Fact]
    public void A_UNIX_socket_is_connected_to() => ForEachSeed(scene =>
    {
        scene.Network.Listen(UnixPath);
        Assert.Equal($"connected {UnixPath}", scene.Outcome(UnixPath));
    });

    [Fact]
    public void A_path_without_a_socket_is_told_as_the_operator_writes_it() => ForEachSeed(scene =>
        Assert.Equal("ConnectFailed unix:/run/origin.sock, ENOENT", scene.Outcome(UnixPath)));

    [Fact]
    public void A_UNIX_socket_whose_backlog_is_full_is_tried_again() => ForEachSeed(scene =>
    {
        var origin = scene.Origin(UnixPath, milliseconds: 1, Errno.EAGAIN);
        scene.Dial.Start([UnixPath]);
        scene.TurnUntil(() => origin.Connects == 3);
        origin.Answer = Errno.None;
        scene.TurnUntil(() => scene.Owner.Told.Count > 0);
        Assert.Equal($"connected {UnixPath}", scene.Owner.Told[0]);
    });

    [Fact]
    public void A_backlog_that_stays_full_ends_at_the_timeout() => ForEachSeed(scene =>
    {
        scene.Origin(UnixPath, milliseconds: 1, Errno.EAGAIN);
        Assert.Equal("ConnectTimeout unix:/run/origin.sock", scene.Outcome(UnixPath));
    });

    [Fact]
    public void Every_outcome_of_unreliable_networks_is_told_once_and_leaves_nothing()
    {
        var faults = new FakeFaults { ConnectErrors = 400, LostConnects = 300 };
        var (first, last) = SeedRange.OfTheRun(300);
        for (var seed = first; seed <= last; seed++)
        {
            using var scene = new DialScene(seed, faults);
            foreach (var address in new[] { V6, V4, OtherV4 })
                scene.Network.Listen(address);
            scene.Outcome(V4, OtherV4, V6);
            scene.CheckNothingIsLeft();
        }
    }

    private static IEnumerable<FakeSocket> Accepted(FakeOrigin origin)
    {
        while (origin.TryAccept(out var peer))
            yield return peer;
    }

    private static void ForEachSeed(Action<DialScene> test)
    {
        var (first, last) = SeedRange.OfTheRun(Seeds);
        for (var seed = first; seed <= last; seed++)
        {
            using var scene = new DialScene(seed);
            test(scene);
            scene.CheckNothingIsLeft();
        }
    }
}
