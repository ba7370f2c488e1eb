using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Tests.Connections.Faults;
using TlsProxy.Proxy.Upstream.Ring.Connecting;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>A dial on a fake back end, with origins that the test plays.</summary>
internal sealed class DialScene : IDisposable
{
    public static readonly IPEndPoint V6 = IPEndPoint.Parse("[::1]:8081");
    public static readonly IPEndPoint V4 = IPEndPoint.Parse("127.0.0.1:8081");
    public static readonly IPEndPoint OtherV4 = IPEndPoint.Parse("127.0.0.2:8081");
    public static readonly UnixDomainSocketEndPoint UnixPath = new("/run/origin.sock");

    private const int TurnsMaximum = 2_000;

    private readonly SegmentPool _buffers = new();
    private readonly SegmentPool _pool;
    private readonly FakeClock _clock = new();
    private readonly long _began;

    public DialScene(int seed, FakeFaults? faults = null, long memoryMaximum = long.MaxValue)
    {
        _pool = new SegmentPool(memoryMaximum);
        Backend = new FakeBackend(new Random(seed), _buffers, new FakeKernel(), faults ?? new FakeFaults(), _clock, Network);
        Ledger = new FaultLedger(OnFault) { Point = Plan.Pass };
        Loop = new EventLoop(new FaultingBackend(Backend, Plan), 0, Ledger);
        Owner = new DialListener { Close = descriptor => Loop.Sockets.Close(descriptor) };
        Dial = new Dial(Loop, new DialOptions { Pool = _pool }, Owner);
        _began = Loop.ReadClock();
    }

    public FakeNetwork Network { get; } = new();

    public FakeBackend Backend { get; }

    public FaultPlan Plan { get; } = new();

    public FaultLedger Ledger { get; }

    public EventLoop Loop { get; }

    public DialListener Owner { get; }

    public Dial Dial { get; }

    /// <summary>What callbacks threw that no plan did.</summary>
    public Exception? Unexpected { get; private set; }

    /// <summary>Time since the scene's beginning, on the fake clock.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks((_clock.Now - _began) / 100);

    /// <summary>An origin that answers each connect after the given time.</summary>
    public FakeOrigin Origin(EndPoint address, int milliseconds, TlsProxy.Uring.Errno answer = default)
    {
        var origin = Network.Listen(address);
        origin.Answer = answer;
        origin.Delay = TimeSpan.FromMilliseconds(milliseconds);
        return origin;
    }

    /// <summary>An origin that never answers a connect.</summary>
    public FakeOrigin Silent(EndPoint address)
    {
        var origin = Network.Listen(address);
        origin.IsSilent = true;
        return origin;
    }

    /// <summary>Starts the dial, and turns until the owner has heard its outcome.</summary>
    public string Outcome(params EndPoint[] addresses)
    {
        Dial.Start(addresses);
        Assert.Empty(Owner.Told);
        TurnUntil(() => Owner.Told.Count > 0);
        return Owner.Told[0];
    }

    public void TurnUntil(Func<bool> isOver)
    {
        for (var turns = 0; !isOver(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "It doesn't come to an end.");
            Loop.Turn();
        }
    }

    /// <summary>Turns until nothing is pending. Then nothing may be left but the owner's connection, and nothing more be told.</summary>
    /// <param name="outcomes">What the owner has heard.</param>
    public void CheckNothingIsLeft(int outcomes = 1)
    {
        TurnUntil(() =>
        {
            // Connects alone are pending; a kernel may read their addresses until they have completed.
            Assert.InRange(_pool.RentedSegments, Loop.PendingOperations, int.MaxValue);
            return Loop.PendingOperations == 0;
        });
        for (var turns = 0; turns < 5; turns++)
            Loop.Turn();
        Assert.Equal(outcomes, Owner.Told.Count);
        Assert.Equal(Owner.Descriptor < 0 ? 0 : 1, Backend.OpenDescriptors);
        Assert.Equal(0, _pool.RentedSegments);
        Assert.Equal(0, Loop.ArmedDeadlines);
        Assert.Null(Unexpected);
    }

    public void Dispose()
    {
        Loop.Dispose();
        _pool.Dispose();
        _buffers.Dispose();
    }

    private void OnFault(string place, Exception fault)
    {
        if (!FaultPlan.IsOwn(fault))
            Unexpected ??= fault;
    }
}
