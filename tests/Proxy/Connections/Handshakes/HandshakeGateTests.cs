using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Handshakes;

public sealed class HandshakeGateTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly EventLoop _loop;
    private readonly HandshakeMemory _memory = new();
    private readonly List<Recorder> _events = [];

    public HandshakeGateTests() => _loop = new EventLoop(new FakeBackend(new Random(1), _pool, new FakeKernel(), new FakeFaults()));

    public void Dispose()
    {
        _loop.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void Steps_beyond_a_turns_share_wait_and_are_taken_in_order()
    {
        var gate = new HandshakeGate(_loop, new HandshakeLimits { StepsPerTurn = 2 }, _memory);
        var handshakes = Enumerable.Range(0, 5).Select(_ => new Recorder(this)).ToArray();
        _loop.Turn(wait: false);
        Assert.Equal([true, true, false, false, false], handshakes.Select(gate.TryTakeStep));

        _loop.Turn(wait: false);
        Assert.Equal(handshakes[2..4], _events);
        // Whoever comes now waits behind those that wait already.
        var late = new Recorder(this);
        Assert.False(gate.TryTakeStep(late));

        _loop.Turn(wait: false);
        Assert.Equal([.. handshakes[2..], late], _events);
        Assert.Equal(4, gate.Delayed);
    }

    [Fact]
    public void A_new_turn_has_its_own_share()
    {
        var gate = new HandshakeGate(_loop, new HandshakeLimits { StepsPerTurn = 1 }, _memory);
        for (var i = 0; i < 10; i++)
        {
            _loop.Turn(wait: false);
            Assert.True(gate.TryTakeStep(new Recorder(this)));
        }

        Assert.Equal(0, gate.Delayed);
    }

    [Fact]
    public void The_oldest_is_dropped_when_too_many_hold_memory()
    {
        var gate = new HandshakeGate(_loop, new HandshakeLimits { HeldMaximum = 3 }, _memory);
        var handshakes = Enumerable.Range(0, 5).Select(_ => new Recorder(this)).ToArray();
        gate.Hold(handshakes[0], HandshakeLimits.HeldBytes);
        gate.Hold(handshakes[1], HandshakeLimits.HeldBytes);
        gate.Hold(handshakes[1], HandshakeLimits.HeldBytes);
        gate.Hold(handshakes[2], HandshakeLimits.HeldBytes);
        Assert.Empty(_events);
        gate.Release(handshakes[0]);
        gate.Release(handshakes[0]);
        gate.Hold(handshakes[3], HandshakeLimits.HeldBytes);
        Assert.Empty(_events);

        gate.Hold(handshakes[4], HandshakeLimits.HeldBytes);

        Assert.Equal([handshakes[1]], _events);
        Assert.Equal((3, 1), (gate.Held, gate.Dropped));
        Assert.Equal(3, _memory.Held);
        foreach (var handshake in handshakes)
            gate.Release(handshake);
        Assert.Equal((0, 0), (gate.Held, _memory.Held));
    }

    [Fact]
    public void One_with_long_messages_takes_the_place_of_several()
    {
        var gate = new HandshakeGate(_loop, new HandshakeLimits { HeldMaximum = 4 }, _memory);
        var handshakes = Enumerable.Range(0, 5).Select(_ => new Recorder(this)).ToArray();
        foreach (var handshake in handshakes[..4])
            gate.Hold(handshake, HandshakeLimits.HeldBytes);

        gate.Hold(handshakes[4], 2 * HandshakeLimits.HeldBytes);
        Assert.Equal(handshakes[..2], _events);

        // It grows beyond all of them, and is dropped itself as soon as another comes.
        gate.Hold(handshakes[4], 10 * HandshakeLimits.HeldBytes);
        Assert.Equal(handshakes[..4], _events);
        gate.Hold(handshakes[0], HandshakeLimits.HeldBytes);
        Assert.Equal([.. handshakes[..4], handshakes[4]], _events);
        Assert.Equal((1, 5), (gate.Held, gate.Dropped));
    }

    [Fact]
    public void The_oldest_goes_on_where_it_is_the_one_that_grows()
    {
        var gate = new HandshakeGate(_loop, new HandshakeLimits { HeldMaximum = 2 }, _memory);
        var (first, second) = (new Recorder(this), new Recorder(this));
        gate.Hold(first, HandshakeLimits.HeldBytes);
        gate.Hold(second, HandshakeLimits.HeldBytes);

        gate.Hold(first, HandshakeLimits.HeldBytes + 1);

        Assert.Equal([second], _events);
        gate.Release(first);
        Assert.Equal((0, 0), (gate.Held, _memory.Held));
    }

    /// <summary>Notes what it is told.</summary>
    private sealed class Recorder(HandshakeGateTests tests) : GatedHandshake
    {
        public override void TakeStep() => tests._events.Add(this);

        public override void Drop() => tests._events.Add(this);

        public override void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
