using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>One worker and one connection after the other: the first is cut at some point, the second asks for nothing.</summary>
internal sealed class CutScene : IDisposable
{
    private const int TurnsMaximum = 20_000;
    private const long TurnNanoseconds = 50_000_000;
    private const long DeadlineNanoseconds = 3_600_000_000_000;

    private readonly Random _random;
    private readonly SegmentPool _pool = new();
    private readonly FakeClock _clock = new();
    private readonly SeededOrigin _origin;
    private readonly ResponseCache _cache = new(1_000_000, 8);
    private readonly SeededWorker _worker;
    private readonly ScheduleConditions _conditions;

    public CutScene(int seed, SegmentPool buffers, LocalResponses responses, TlsContext tls, AccessLog log)
    {
        _random = new Random(seed);
        _conditions = ScheduleConditions.Create(_random, usesTls: seed % 4 != 0);
        _origin = new SeededOrigin(_random, calm: seed % 2 == 0);
        var time = new ScheduleTime(_clock);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = responses,
            Cache = _cache,
            Fetches = new FetchTable(SceneFetches.Of(_cache, _pool) with { ObjectMaximum = 60_000, Time = time }),
            CreateOrigin = _ => _origin,
            Tls = tls,
            Channel = _random.Next(2) == 0 ? _conditions.Channel : WithBoth(_conditions.Channel),
            Handshakes = _conditions.Handshakes,
            Time = time,
            AccessLog = log,
            StrictTransportSecurity = "Strict-Transport-Security: max-age=1\r\n"u8.ToArray(),
        };
        var faults = _conditions.Faults with { AcceptErrors = 0, DescriptorLimit = int.MaxValue };
        _worker = new SeededWorker(0, new FakeBackend(_random, buffers, _conditions.Kernel, faults, _clock), settings);
    }

    public Worker Worker => _worker.Worker;

    /// <summary>A client of its own plan comes, is cut, and everything ends.</summary>
    /// <param name="turns">After so many at the latest.</param>
    /// <param name="isTime">Whether the connection is cut now; asked each turn.</param>
    public void RunCut(Cut cut, int turns, Func<object, bool> isTime)
    {
        var target = SeededContent.Target(_random.Next(SeededContent.LargestObject + 1));
        ClientSuite? suite = _conditions.UsesTls ? (ClientSuite)_random.Next(6) : null;
        // Records that the kernel doesn't give to a plain receive are there for a moment only, so that many must come.
        var updates = suite is not null && _random.Next(2) == 0;
        var plan = ClientPlan.Create(_random, [target], suite, _conditions);
        using var client = new SeededClient(_random, plan with { UpdatesKeys = updates });
        var socket = _worker.Connect(client.Plan);
        client.Connect(socket, session: null);
        var outwaits = _random.Next(3) == 0;
        for (var turn = 0; turn < turns; turn++)
        {
            client.Step();
            _origin.Step();
            _worker.Loop.Turn();
            if (Peek.Elements(Worker, "_connections") is not [var connection])
                continue;
            // A client may not ask in time.
            if (outwaits && connection is Connection { IsOpen: true }
                && Peek.At(connection, "_protocol", "_first", "_exchange") is Exchange { IsUnderWay: false })
                _clock.Advance(DeadlineNanoseconds);
            if (!isTime(connection))
                continue;
            Make(cut, socket, (Connection)connection);
            break;
        }

        EndAll(cut == Cut.Nothing ? client.Step : null, socket);
    }

    /// <summary>Another client takes the connection's place, asks for nothing, and leaves after some turns.</summary>
    /// <returns>Whether it could have asked.</returns>
    public bool RunSilent()
    {
        ClientSuite? suite = _conditions.UsesTls ? ClientSuite.Tls13Aes128 : null;
        var socket = _worker.Connect(new ClientPlan { Requests = [], Suite = suite, ToTlsPort = suite is not null });
        using var client = new SilentClient(socket, suite);
        for (var turn = 0; turn < 40; turn++)
        {
            client.Step();
            _worker.Loop.Turn();
        }

        var wasReady = client.IsReady;
        client.Leave();
        EndAll(null, socket);
        return wasReady;
    }

    public void Dispose()
    {
        _worker.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }

    /// <summary>The kernel takes both directions, where it takes any.</summary>
    private static ChannelOptions WithBoth(ChannelOptions options) =>
        options with { Offload = options.Offload with { Mode = KtlsMode.Both } };

    private void Make(Cut cut, FakeSocket socket, Connection connection)
    {
        switch (cut)
        {
            case Cut.Abort:
                connection.Abort();
                break;
            case Cut.Reset:
                socket.Reset();
                break;
            case Cut.End:
                socket.End();
                break;
            case Cut.Deadline:
                _clock.Advance(DeadlineNanoseconds);
                break;
        }
    }

    /// <summary>Time passes until the connection has ended, and the origin is done with what it asked for.</summary>
    private void EndAll(Action? step, FakeSocket socket)
    {
        for (var turn = 0; Worker.Counters.Open > 0 || !_origin.IsIdle || !socket.WasAccepted; turn++)
        {
            Assert.True(turn < TurnsMaximum, "the connection doesn't end");
            if (turn > TurnsMaximum / 2)
                socket.Reset();
            else
                step?.Invoke();
            _origin.Step();
            _clock.Advance(step is null ? TurnNanoseconds : 0);
            _worker.Loop.Turn();
        }

        // What was posted to the loop by the end is told.
        _worker.Loop.Turn(wait: false);
    }
}
