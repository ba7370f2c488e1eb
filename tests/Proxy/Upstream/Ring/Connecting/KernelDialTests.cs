using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Tests.Workers;
using TlsProxy.Proxy.Upstream.Ring.Connecting;
using TlsProxy.Testing;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>Dials to sockets of the kernel's.</summary>
public sealed class KernelDialTests
{
    // Ends a wait that nothing else would.
    private static readonly TimeSpan s_rescue = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Kinds => [.. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)];

    public static TheoryData<string, string> Addresses
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var kind in Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf))
            {
                foreach (var address in new[] { "127.0.0.1", "::1", "unix" })
                    cases.Add(kind, address);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_connection_to_each_kind_of_address_carries_bytes(string kind, string name)
    {
        using var folder = new TestFolder();
        using var listener = Listen(name, folder, backlog: 1);
        using var spare = new SpareDescriptors(2);
        using var scene = new Scene(kind, new DialOptions { Pool = Scene.Pool, Spare = spare });

        Assert.Equal($"connected {listener.LocalEndPoint}", scene.Outcome(listener.LocalEndPoint!));

        using var accepted = listener.Accept();
        accepted.Send("hello"u8);
        scene.TurnUntil(() => scene.Loop.Sockets.HasInput(scene.Owner.Descriptor));
        if (name != "unix")
            Assert.True(NoDelay(scene));
        scene.Owner.Hang();
        Assert.Equal(0, scene.Loop.PendingOperations);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Where_the_first_address_refuses_the_second_is_connected_to(string kind)
    {
        using var listener = Listen("127.0.0.1", folder: null, backlog: 1);
        using var bound = Bound();
        using var scene = new Scene(kind);

        Assert.Equal($"connected {listener.LocalEndPoint}", scene.Outcome(bound.LocalEndPoint!, listener.LocalEndPoint!));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_refusal_is_told_with_address_and_error(string kind)
    {
        using var bound = Bound();
        using var scene = new Scene(kind);

        Assert.Equal($"ConnectFailed {bound.LocalEndPoint}, ECONNREFUSED", scene.Outcome(bound.LocalEndPoint!));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_address_that_swallows_packets_loses_to_the_next_and_its_connect_ends(string kind)
    {
        // The kernel drops what a full queue of connections can't take, so that the next connect gets no answer.
        using var silent = Listen("127.0.0.1", folder: null, backlog: 0);
        using var filler = new TcpClient("127.0.0.1", ((IPEndPoint)silent.LocalEndPoint!).Port);
        using var listener = Listen("127.0.0.1", folder: null, backlog: 1);
        using var scene = new Scene(kind);

        Assert.Equal($"connected {listener.LocalEndPoint}", scene.Outcome(silent.LocalEndPoint!, listener.LocalEndPoint!));

        scene.TurnUntil(() => scene.Loop.PendingOperations == 0);
        Assert.Equal(0, scene.Loop.ArmedDeadlines);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_deadline_ends_a_connect_without_an_answer(string kind)
    {
        using var silent = Listen("127.0.0.1", folder: null, backlog: 0);
        using var filler = new TcpClient("127.0.0.1", ((IPEndPoint)silent.LocalEndPoint!).Port);
        using var scene = new Scene(kind, new DialOptions { Pool = Scene.Pool, ConnectTimeout = TimeSpan.FromMilliseconds(20) });

        Assert.Equal($"ConnectTimeout {silent.LocalEndPoint}", scene.Outcome(silent.LocalEndPoint!));

        scene.TurnUntil(() => scene.Loop.PendingOperations == 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_UNIX_socket_with_a_full_backlog_takes_the_connection_when_there_is_room(string kind)
    {
        using var folder = new TestFolder();
        using var listener = Listen("unix", folder, backlog: 0);
        using var filler = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        filler.Connect(listener.LocalEndPoint!);
        using var scene = new Scene(kind);
        scene.Dial.Start([listener.LocalEndPoint!]);
        for (var turns = 0; turns < 4; turns++)
            scene.Loop.Turn();
        Assert.Empty(scene.Owner.Told);

        using var accepted = listener.Accept();

        scene.TurnUntil(() => scene.Owner.Told.Count > 0);
        Assert.Equal($"connected {listener.LocalEndPoint}", scene.Owner.Told[0]);
    }

    private static bool NoDelay(Scene scene)
    {
        var value = new byte[4];
        Assert.Equal(default, scene.Loop.Sockets.GetOption(scene.Owner.Descriptor, 6, 1, value, out _));
        return value[0] != 0;
    }

    private static Socket Listen(string name, TestFolder? folder, int backlog)
    {
        EndPoint address = name == "unix"
            ? new UnixDomainSocketEndPoint(folder!["origin.sock"]) : new IPEndPoint(IPAddress.Parse(name), 0);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen(backlog);
        return listener;
    }

    /// <summary>A socket whose port nobody else gets, and where nobody listens.</summary>
    private static Socket Bound()
    {
        var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return bound;
    }

    /// <summary>A dial on a loop that the test turns.</summary>
    private sealed class Scene : IDisposable, IDeadlineHandler
    {
        private readonly Deadline _rescue;

        public Scene(string kind, DialOptions? options = null)
        {
            Loop = KernelLoop.Of(kind);
            Owner = new DialListener { Close = descriptor => Loop.Sockets.Close(descriptor) };
            Dial = new Dial(Loop, options ?? new DialOptions { Pool = Pool }, Owner);
            _rescue = new Deadline(this);
            Loop.ReadClock();
        }

        public static SegmentPool Pool { get; } = new();

        public EventLoop Loop { get; }

        public DialListener Owner { get; }

        public Dial Dial { get; }

        public string Outcome(params EndPoint[] addresses)
        {
            Dial.Start(addresses);
            TurnUntil(() => Owner.Told.Count > 0);
            return Owner.Told[0];
        }

        public void TurnUntil(Func<bool> isOver)
        {
            Loop.Arm(_rescue, s_rescue);
            while (!isOver())
                Loop.Turn();
            EventLoop.Disarm(_rescue);
        }

        public void OnDeadline(Deadline deadline) => Assert.Fail("It doesn't come to an end.");

        public void OnFault() => Assert.Fail("Nothing contains faults here.");

        public void Dispose()
        {
            Owner.Hang();
            Dial.Cancel();
            TurnUntil(() => Loop.PendingOperations == 0);
            Loop.Dispose();
        }
    }
}
