using System.Net;
using System.Net.Sockets;
using TlsProxy.Testing;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>Connects on the fake back end end as those of a kernel do, and a test plays the other end.</summary>
public sealed class FakeConnectTests
{
    private static readonly IPEndPoint s_tcp = IPEndPoint.Parse("127.0.0.1:8081");
    private static readonly IPEndPoint s_v6 = IPEndPoint.Parse("[::1]:8081");
    private static readonly UnixDomainSocketEndPoint s_path = new("/run/origin.sock");

    public static TheoryData<string> Addresses => ["tcp", "v6", "unix"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_connection_carries_bytes_both_ways_and_tells_of_input_and_ends(string name)
    {
        using var scene = new FakeConnectScene(seed: 1);
        var origin = scene.Network.Listen(Address(name));
        var descriptor = scene.Connect(scene.Operation(1), Address(name));
        Assert.False(origin.TryAccept(out _));
        Assert.Equal("1: 0", scene.Next());
        Assert.True(origin.TryAccept(out var peer));

        scene.Loop.Send(scene.Operation(2), descriptor, scene.Memory(s_tcp).Slice(0, 5));
        Assert.Equal("2: 5", scene.Next());
        Assert.Equal(5, peer.Take(new byte[10]));
        Assert.False(scene.Loop.Sockets.HasInput(descriptor));
        peer.Write("hi"u8);
        Assert.True(scene.Loop.Sockets.HasInput(descriptor));
        Assert.StartsWith("3: ", Receive(scene, descriptor));
        while (scene.Loop.Sockets.HasInput(descriptor))
            Receive(scene, descriptor);
        peer.End();
        Assert.True(scene.Loop.Sockets.HasInput(descriptor));
        Assert.Equal("3: 0", Receive(scene, descriptor));

        Assert.Equal(Errno.None, scene.Loop.Sockets.Close(descriptor));
        Assert.True(peer.IsClosed);
        Assert.Equal(0, scene.Backend.OpenDescriptors);
    }

    [Theory]
    [InlineData(Errno.ECONNREFUSED)]
    [InlineData(Errno.ETIMEDOUT)]
    [InlineData(Errno.EHOSTUNREACH)]
    [InlineData(Errno.ECANCELED)]
    public void An_origin_answers_with_an_error_and_the_socket_connects_to_nobody(Errno error)
    {
        using var scene = new FakeConnectScene(seed: 1);
        var origin = scene.Network.Listen(s_tcp);
        origin.Answer = error;

        var descriptor = scene.Connect(scene.Operation(1), s_tcp);

        Assert.Equal($"1: {error}", scene.Next());
        Assert.False(origin.TryAccept(out _));
        Assert.False(scene.Loop.Sockets.HasInput(descriptor));
    }

    [Fact]
    public void Where_nobody_listens_TCP_is_refused_and_a_path_does_not_exist()
    {
        using var scene = new FakeConnectScene(seed: 1);
        scene.Connect(scene.Operation(1), s_tcp);
        Assert.Equal("1: ECONNREFUSED", scene.Next());
        scene.Connect(scene.Operation(2), s_path);
        Assert.Equal("2: ENOENT", scene.Next());
    }

    [Fact]
    public void A_silent_origin_is_waited_for_until_the_connect_is_cancelled()
    {
        using var scene = new FakeConnectScene(seed: 1);
        var origin = scene.Network.Listen(s_tcp);
        origin.IsSilent = true;
        var connect = scene.Operation(1);
        scene.Connect(connect, s_tcp);
        for (var turns = 0; turns < 100; turns++)
            scene.Loop.Turn();
        Assert.Empty(scene.Told);
        Assert.Equal(1, origin.Connects);

        scene.Loop.Cancel(connect);

        Assert.Equal("1: ECANCELED", scene.Next());
    }

    [Fact]
    public void A_delay_is_kept_on_the_fake_clock()
    {
        using var scene = new FakeConnectScene(seed: 1);
        scene.Network.Listen(s_tcp).Delay = TimeSpan.FromMilliseconds(300);
        var due = scene.Clock.Now + 300_000_000;
        scene.Connect(scene.Operation(1), s_tcp);
        Assert.Equal("1: 0", scene.Next());
        Assert.InRange(scene.Clock.Now, due, due + 300_000_000);
    }

    [Fact]
    public void A_seed_decides_in_which_order_connects_end_and_which_fail_or_get_no_answer()
    {
        var faults = new FakeFaults { ConnectErrors = 300, LostConnects = 100 };
        var runs = new HashSet<string>();
        var seen = new HashSet<string>();
        var (first, last) = SeedRange.OfTheRun(40);
        for (var seed = first; seed <= last; seed++)
        {
            var run = Run(seed, faults);
            Assert.Equal(run, Run(seed, faults));
            runs.Add(string.Join(", ", run));
            seen.UnionWith(run.Select(told => told.Split(' ')[1]));
        }

        Assert.True(runs.Count > (last - first) / 2, "Seeds don't differ.");
        if (last - first >= 39)
            Assert.Equal(["0", "ECANCELED", "ECONNREFUSED", "EHOSTUNREACH", "ETIMEDOUT"], seen.Order());
    }

    [Fact]
    public void Descriptors_run_out_for_connects_too()
    {
        using var scene = new FakeConnectScene(seed: 1, new FakeFaults { DescriptorLimit = 1 });
        var descriptor = scene.Open(s_tcp);
        Assert.Equal(Errno.EMFILE, scene.Loop.Sockets.OpenTcp(AddressFamily.InterNetwork, out _));
        Assert.Equal(Errno.EMFILE, scene.Loop.Sockets.OpenUnix(out _));
        Assert.Equal(Errno.None, scene.Loop.Sockets.Close(descriptor));
        Assert.Equal(Errno.None, scene.Loop.Sockets.OpenUnix(out _));
    }

    [Fact]
    public void What_a_kernel_would_not_forgive_ends_the_run()
    {
        using var scene = new FakeConnectScene(seed: 1);
        scene.Network.Listen(s_tcp);
        var idle = scene.Open(s_tcp);
        Assert.Throws<InvalidOperationException>(() => scene.Loop.Receive(scene.Operation(), idle));
        var connecting = scene.Connect(scene.Operation(1), s_tcp);
        Assert.Throws<InvalidOperationException>(() => scene.Loop.Sockets.Close(connecting));
        Assert.Equal("1: 0", scene.Next());
        Assert.Throws<InvalidOperationException>(() => scene.Loop.Connect(scene.Operation(), connecting, scene.Memory(s_tcp)));
    }

    [Fact]
    public void An_address_that_changes_under_a_pending_connect_ends_the_run()
    {
        using var scene = new FakeConnectScene(seed: 1);
        scene.Network.Listen(s_tcp);
        var memory = scene.Memory(s_tcp);
        scene.Loop.Connect(scene.Operation(1), scene.Open(s_tcp), memory);
        memory.Span.Clear();
        Assert.Throws<InvalidOperationException>(() => scene.Next());
    }

    private static EndPoint Address(string name) => name switch
    {
        "tcp" => s_tcp,
        "v6" => s_v6,
        _ => s_path,
    };

    private static string Receive(FakeConnectScene scene, int descriptor)
    {
        scene.Loop.Receive(scene.Operation(3), descriptor);
        return scene.Next();
    }

    private static List<string> Run(int seed, FakeFaults faults)
    {
        using var scene = new FakeConnectScene(seed, faults);
        scene.Network.Listen(s_tcp);
        var operations = Enumerable.Range(1, 6).Select(scene.Operation).ToArray();
        foreach (var operation in operations)
            scene.Connect(operation, s_tcp);
        for (var turns = 0; turns < 50; turns++)
            scene.Loop.Turn();
        foreach (var operation in operations)
            scene.Loop.Cancel(operation);
        scene.TurnUntil(() => scene.Loop.PendingOperations == 0);
        Assert.Equal(6, scene.Told.Count);
        return scene.Told;
    }
}
