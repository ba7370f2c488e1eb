using System.Net;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>Some requests through a client of an origin, on one thread, in an order that a seed decides.</summary>
internal sealed class SeededScene : IDisposable
{
    private const int TurnsMaximum = 30_000;
    private const int QuietTurns = 40;
    private const long QuietStep = 1_000_000_000;

    private readonly Random _random;
    private readonly SeededConditions _conditions;
    private readonly OriginScript _script;
    private readonly SegmentPool _memory;
    private readonly SeededSinkMemory _sinks = new();
    private readonly FakeClock _clock = new();
    private readonly FakeBackend _backend;
    private readonly FakeOrigin _listener;
    private readonly EventLoop _loop;
    private readonly RingOrigin _origin;
    private readonly List<OriginPeer> _peers = [];
    private Exception? _fault;
    private int _started;
    private long _nextStart;
    private ulong _lastDigest;
    private int _quiet;

    /// <param name="buffers">Where receive buffers come from.</param>
    public SeededScene(int seed, SegmentPool buffers)
    {
        _random = new Random(seed);
        _conditions = SeededConditions.Create(_random);
        _script = new OriginScript(_random, _clock, _conditions.BytesMaximum, isKind: _random.Next(4) == 0);
        _memory = new SegmentPool(_conditions.MemoryBytes);
        var network = new FakeNetwork();
        _listener = network.Listen(new IPEndPoint(IPAddress.Loopback, _conditions.Options.Port));
        _backend = new FakeBackend(_random, buffers, _conditions.Kernel, _conditions.Faults, _clock, network);
        _loop = new EventLoop(_backend, 0, new FaultLedger((_, fault) => _fault ??= fault));
        _loop.ReadClock();
        var time = new ScheduleTime(_clock);
        var services = new RingServices { Loop = _loop, Memory = _memory, Options = _conditions.Options, Time = time };
        var addresses = new OriginAddresses(_conditions.Options.Host, _conditions.Options.Port, time);
        _origin = new RingOrigin(services, addresses, _conditions.Connections);
        for (var number = _random.Next(1, 9); number > 0; number--)
            _script.Requests.Add(new SeededRequest(_script, _sinks, _loop, _memory, _script.Requests.Count));
        _script.EndsAt = _conditions.IsEndedEarly ? _random.Next(300) : int.MaxValue;
    }

    /// <summary>A number that two runs share only if the same happened in them.</summary>
    public ulong Digest => _backend.Digest;

    public ScheduleTally Tally => _script.Tally;

    /// <summary>Tells what happens, line by line.</summary>
    public void TraceTo(Action<string> write)
    {
        write($"{_conditions}, kind: {_script.IsKind}");
        foreach (var request in _script.Requests)
            write($"{request}");
        _backend.Trace = write;
        _script.Trace = write;
    }

    public void Run()
    {
        while (_script.Turns < _script.EndsAt && _script.Requests.Exists(request => !request.Sink.IsOver))
        {
            Assert.True(_script.Turns < TurnsMaximum, "The requests don't end.");
            Play();
            Begin();
            Refuse();
            Turn();
        }

        End();
        foreach (var request in _script.Requests)
            Check(request);
    }

    public void Dispose()
    {
        _loop.Dispose();
        _memory.Dispose();
        _sinks.Dispose();
    }

    /// <summary>Clients and the origin do what they do.</summary>
    private void Play()
    {
        foreach (var request in _script.Requests)
        {
            if (request.HasBegun)
                request.Step();
        }

        while (_listener.TryAccept(out var socket))
            _peers.Add(new OriginPeer(_script, socket));
        foreach (var peer in _peers)
        {
            if (_random.Next(2) == 0)
                peer.Step();
        }

        _peers.RemoveAll(peer => peer.IsOver);
    }

    private void Turn()
    {
        SkipQuietTime();
        _script.Turns++;
        _loop.Turn();
        if (_fault is not null)
            throw new InvalidOperationException($"A callback has thrown: {_fault.Message}", _fault);
    }

    /// <summary>Where nothing happens, it is some time's turn.</summary>
    private void SkipQuietTime()
    {
        _quiet = _backend.Digest == _lastDigest ? _quiet + 1 : 0;
        _lastDigest = _backend.Digest;
        if (_quiet >= QuietTurns)
            _clock.Advance(QuietStep);
    }

    private void Begin()
    {
        if (_started == _script.Requests.Count || _script.UnderWay >= _conditions.Together)
            return;
        if (!_script.Hurries && (_clock.Now < _nextStart || _random.Next(3) == 0))
            return;
        var request = _script.Requests[_started++];
        if (_script.Happens(40))
            request.Cancel();
        request.HasBegun = true;
        if (_script.Hurries && _script.Happens(3))
            request.CancelSoon();
        else if (_script.Hurries && _script.Happens(8))
            _script.EndsAt = _script.Turns + _random.Next(1, 6);
        _script.Hurries = false;
        _origin.Start(request.Request, request.Sink);
        if (_random.Next(3) == 0)
            _nextStart = _clock.Now + _random.NextInt64(_random.Next(3) == 0 ? 6_000_000_000 : 30_000_000);
    }

    /// <summary>Connects are refused from time to time.</summary>
    private void Refuse()
    {
        if (!_script.Misbehaves(100))
            return;
        _listener.Answer = _random.Next(2) == 0 ? Errno.ECONNREFUSED : Errno.None;
        _listener.IsSilent = _random.Next(4) == 0;
        _script.Excused.UnionWith([OriginFailure.ConnectFailed, OriginFailure.ConnectTimeout, OriginFailure.ResponseTimeout]);
    }

    private void End()
    {
        var hasEnded = 0;
        if (_script.UnderWay > 0)
            _script.Excused.Add(OriginFailure.Cancelled);
        var end = new Ending(() => _origin.End(() => hasEnded++));
        _loop.Post(end);
        for (var turns = 0; hasEnded == 0 || _loop.PendingOperations > 0; turns++)
        {
            Assert.True(turns < TurnsMaximum, $"The origin doesn't end: {_loop.PendingOperations} operations are pending.");
            Play();
            Turn();
        }

        if (_random.Next(2) == 0)
            StartLate();
        _origin.Close();
        _loop.Turn(wait: false);
        while (_started < _script.Requests.Count)
            StartLate();
        foreach (var request in _script.Requests)
            request.Leave();
        _loop.Turn(wait: false);
        _loop.Turn(wait: false);
        CheckNothingIsLeft(hasEnded);
    }

    /// <summary>Starts a request that comes when the origin has ended.</summary>
    private void StartLate()
    {
        if (_started == _script.Requests.Count)
            return;
        var late = _script.Requests[_started++];
        late.Excused.Add(OriginFailure.Cancelled);
        _origin.Start(late.Request, late.Sink);
    }

    private void CheckNothingIsLeft(int hasEnded)
    {
        foreach (var request in _script.Requests)
            Assert.True(request.Sink.IsOver, $"{request} got no last call.");
        Assert.Equal(1, hasEnded);
        Assert.Equal((0, 0), (_loop.PendingOperations, _loop.ArmedDeadlines));
        Assert.Equal((0, 0), (_backend.OpenDescriptors, _backend.BuffersInUse));
        Assert.Equal(0, _memory.RentedSegments);
        _sinks.CheckNothingIsLeft();
        Assert.Null(_fault);
    }

    private void Check(SeededRequest request)
    {
        _script.Tally.Add("requests", 1);
        if (request.Sink.Failed is not { } failed)
        {
            _script.Tally.Add("answered", 1);
            return;
        }

        _script.Tally.Add($"{failed.Reason}", 1);
        // A request that can't be sent twice fails with its connection.
        var isLost = failed.Source == FailureSource.BeforeHead && !request.MayBeRepeated && _script.HasEndedRests
            && failed.Reason is OriginFailure.NoResponse or OriginFailure.Malformed;
        var isExcused = !_conditions.IsCalm || request.Excused.Contains(failed.Reason) || _script.Excused.Contains(failed.Reason);
        Assert.True(isExcused || isLost, $"{request} failed for no reason: {failed}.");
    }

    private sealed class Ending(Action end) : IPosted
    {
        public void Run() => end();

        public void OnFault() => throw new InvalidOperationException("The end has met a fault.");
    }
}
