using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Tls;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Some clients' whole connections through one or two workers, a cache and an origin, on one thread, in an order that a seed
/// decides.</summary>
internal sealed class Schedule : IDisposable
{
    private const int TurnsMaximum = 50_000;
    private const int ObjectMaximum = 60_000;
    private const int CacheBytesMaximum = 150_000;
    private const int CacheObjectsMaximum = 8;
    private const int ArrivingBytesMaximum = 200_000;
    private const int WindowBytes = 4 << 20;
    private const int WindowBytesMinimum = 4096;
    private const int ClearsOneOf = 200;

    private static readonly int[] s_shards = [1, 2, FetchShards.DefaultCount];

    private readonly Random _random;
    private readonly SegmentPool _pool;
    private readonly ScheduleConditions _conditions;
    private readonly ScheduleFaults _faults = new();
    private readonly SeededOrigin _origin;
    private readonly ResponseCache _cache;
    private readonly FetchTable _fetches;
    private readonly List<SeededWorker> _workers = [];
    private readonly List<SeededClient> _clients = [];
    private readonly Queue<SeededClient> _waiting;
    private readonly KeptSessions _sessions = new();
    private readonly SeededTurns _turns;
    private readonly int _drainsAt;
    private readonly int _abortsAfter;
    private bool _drainedEarly;
    private int _leftStored;
    private int _givenUp;
    private int _cleared;

    /// <param name="buffers">Where receive buffers come from; the proxy's own memory may be short.</param>
    /// <param name="log">Where requests leave lines, or null.</param>
    public Schedule(int seed, SegmentPool buffers, LocalResponses responses, TlsContext tls, AccessLog? log)
    {
        _random = new Random(seed);
        _conditions = ScheduleConditions.Create(_random, usesTls: seed % 3 == 0);
        _pool = new SegmentPool(_conditions.MemoryBytes);
        _origin = new SeededOrigin(_random, _conditions.IsCalm, _faults.Ledger);
        _cache = new ResponseCache(_random.Next(1, CacheBytesMaximum), _random.Next(1, CacheObjectsMaximum));
        var clock = new FakeClock();
        var time = new FaultingTime(new ScheduleTime(clock), _faults.Plan);
        var tight = _conditions.IsTight;
        var services = new FetchServices
        {
            Faults = _faults.Ledger,
            Cache = _cache,
            Policy = new CachePolicy { Lifetimes = new LifetimePolicy { Default = 60_000 } },
            Pool = _pool,
            Router = Routes.Router,
            ObjectMaximum = tight && _random.Next(4) != 0 ? int.MaxValue : ObjectMaximum,
            Arriving = new ArrivingBudget(tight ? _random.Next(ArrivingBytesMaximum) : long.MaxValue),
            Window = new BodyWindow(tight ? _random.Next(WindowBytesMinimum, ObjectMaximum) : WindowBytes),
            Time = time,
        };
        _fetches = new FetchTable(services, s_shards[seed / s_shards.Length % s_shards.Length]);
        _turns = new SeededTurns(_random, _origin, _workers);
        _faults.OnEntry = _turns.ComeBetweenLooks;
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Connections = _conditions.Connections,
            Responses = responses,
            Cache = _cache,
            Fetches = _fetches,
            CreateOrigin = _ => _origin,
            Faults = _faults.Ledger,
            Tls = tls,
            Channel = _conditions.Channel,
            Handshakes = _conditions.Handshakes,
            Deadlines = _conditions.Deadlines,
            Time = time,
            AccessLog = _random.Next(2) == 0 ? log : null,
        };
        for (var i = 0; i < _conditions.Workers; i++)
        {
            var backend = new FakeBackend(_random, buffers, _conditions.Kernel, _conditions.Faults, clock);
            var worker = new SeededWorker(i, backend, settings, _faults.Plan);
            worker.Backend.OnWake = () => _turns.Interrupt(worker);
            _workers.Add(worker);
        }

        CreateClients();
        _waiting = new Queue<SeededClient>(_clients);
        _drainsAt = _random.Next(4) == 0 ? _random.Next(300) : int.MaxValue;
        if (!_conditions.IsCalm && _random.Next(6) == 0)
            _faults.Arm(_random);
        _abortsAfter = !_conditions.IsCalm && _random.Next(2) == 0 ? _random.Next(100) : int.MaxValue;
    }

    /// <summary>A number that two runs share only if the same happened in them.</summary>
    public ulong Digest => _workers.Aggregate(0UL, (digest, worker) => (digest * 31) + worker.Backend.Digest);

    /// <summary>The point at which a callback was made to throw, or null.</summary>
    public string? Fault => _faults.Description;

    /// <summary>Tells what happens, line by line.</summary>
    public void TraceTo(Action<string> write)
    {
        write($"{_conditions}");
        foreach (var client in _clients)
            write($"client {_clients.IndexOf(client)}: {client.Plan} {string.Join(", ", client.Plan.Requests)}");
        foreach (var worker in _workers)
            worker.Backend.Trace = line => write($"{_workers.IndexOf(worker)} {line}");
    }

    public void Run()
    {
        var drainedAt = int.MaxValue;
        for (var turns = 0; drainedAt > turns || !_origin.IsIdle || _workers.Exists(worker => !worker.IsDone); turns++)
        {
            Assert.True(turns < TurnsMaximum, "the connections don't end");
            if (drainedAt > turns && (turns >= _drainsAt || (_waiting.Count == 0 && _clients.TrueForAll(client => client.IsOver))))
            {
                drainedAt = turns;
                _drainedEarly = turns >= _drainsAt;
                // Some come in the last moment, when nobody accepts any more.
                while (_random.Next(3) != 0 && _waiting.TryDequeue(out var late))
                    Connect(late);
                foreach (var worker in _workers)
                    worker.Worker.Drain();
            }

            if (turns - drainedAt == _abortsAfter)
            {
                foreach (var worker in _workers)
                    worker.Worker.Abort();
            }

            if (drainedAt > turns && _waiting.TryPeek(out var next) && IsTimeFor(next.Plan))
                Connect(_waiting.Dequeue());
            foreach (var client in _clients)
                client.Step();
            for (var steps = _random.Next(4); steps > 0; steps--)
                _origin.Step();
            if (drainedAt <= turns && !_origin.IsIdle && _givenUp == 0 && _random.Next(8) == 0)
                GiveFetchesUp();
            if (_random.Next(ClearsOneOf) == 0)
                _cleared += Math.Sign(_fetches.Clear());
            foreach (var worker in _workers)
            {
                if (_random.Next(4) != 0)
                    _turns.Turn(worker);
            }
        }

        _faults.Check();
        foreach (var worker in _workers)
            worker.CheckNothingIsLeft();
        Assert.Equal(0, _fetches.InFlight);
        Assert.Equal(0, _fetches.Joinable);
        Assert.Equal(0, _fetches.Subscribers);
        foreach (var number in Enumerable.Range(0, SeededContent.LargestObject + 1))
            CheckNobodyReads(SeededContent.Target(number));
        _cache.Dispose();
        Assert.Equal(0, _pool.RentedSegments);
        foreach (var client in _clients.Except(_waiting))
            client.Check(_conditions.IsCalm, _drainedEarly);
    }

    public void Count(ScheduleTally tally)
    {
        tally.Add("served", _clients.Sum(client => client.Served));
        tally.Add("in parts", _clients.Sum(client => client.InParts));
        tally.Add("interim", _clients.Sum(client => client.Interims));
        tally.Add("asked", _clients.Sum(client => client.Plan.ResetsAfter is null ? client.Plan.Requests.Count : 0));
        tally.Add("quit within", _clients.Count(client => client.QuitWithin));
        tally.Add("stayed silent", _clients.Count(client => client.StayedSilent));
        tally.Add("resumed", _clients.Count(client => client.WasResumed));
        tally.Add("transmit in the kernel", Sum(ktls => ktls.Transmit));
        tally.Add("receive in the kernel", Sum(ktls => ktls.Receive));
        tally.Add("handed over late", Sum(ktls => IsDeferred ? ktls.Transmit : 0));
        tally.Add("received late", Sum(ktls => IsDeferred ? ktls.Receive : 0));
        tally.Add("in user space", Sum(ktls => ktls.UserSpace));
        tally.Add("refusals", Sum(ktls => ktls.Refusals.Sum(refusal => refusal.Value)));
        tally.Add("key updates refused", Sum(ktls => ktls.RekeyRefused));
        tally.Add("renegotiations refused", Sum(ktls => ktls.Records.RenegotiationsRefused));
        tally.Add("evictions", _cache.Evictions);
        tally.Add("left stored", _leftStored);
        tally.Add("interrupted", _turns.Interrupted);
        tally.Add("between looks", _turns.BetweenLooks);
        tally.Add("given up", _givenUp);
        tally.Add("cleared", _cleared);
        tally.Add("faults", _faults.Ledger.Count);
        foreach (var worker in _workers)
            worker.Count(tally);
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
        foreach (var worker in _workers)
            worker.Dispose();
        _sessions.Dispose();
        _pool.Dispose();
    }

    private bool IsDeferred => _conditions.Channel.Offload.ResponseBytesLeast > 0;

    private long Sum(Func<KtlsCounters, long> count) => _workers.Sum(worker => count(worker.Worker.Services.KtlsCounters));

    /// <summary>Who has left is none of a stored body's readers any more.</summary>
    private void CheckNobodyReads(string target)
    {
        foreach (var isHttps in new[] { false, true })
        {
            var request = Messages.Request(target);
            request.IsHttps = isHttps;
            if (_cache.TryAcquire(request, null, out _) is not { } entry)
                continue;
            _leftStored++;
            Assert.Equal(0, entry.Response.Body.ReaderCount);
            entry.Response.Release();
        }
    }

    /// <summary>The proxy ends while fetches go on that nobody waits for, or at most clients that are cut anyway.</summary>
    private void GiveFetchesUp()
    {
        if (_conditions.IsCalm && !_workers.TrueForAll(worker => worker.IsDone))
            return;
        _givenUp++;
        Assert.False(_fetches.Stop(TimeSpan.Zero));
    }

    private void CreateClients()
    {
        var smallest = _conditions.IsTight ? SeededContent.SmallestOfSeveralPieces : 0;
        var objects = Enumerable.Range(smallest, SeededContent.LargestObject - smallest + (_conditions.IsLarge ? 1 : 0)).ToArray();
        var targets = _random.GetItems(objects, _random.Next(1, 4)).Select(SeededContent.Target).ToList();
        var suite = (ClientSuite)_random.Next(Enum.GetValues<ClientSuite>().Length);
        for (var left = _random.Next(1, _random.Next(4) == 0 ? 8 : 4); left > 0; left--)
        {
            var isPlain = !_conditions.UsesTls || _random.Next(4) == 0;
            ClientSuite? tls = isPlain ? null : _random.Next(2) == 0 ? suite : (ClientSuite)_random.Next(6);
            _clients.Add(new SeededClient(_random, ClientPlan.Create(_random, targets, tls, _conditions)));
        }

        if (_conditions.UsesTls && _random.Next(4) == 0)
            CreateQuitter();
    }

    /// <summary>A client leaves bytes behind that were for it, and those who get the objects of all before ask for nothing.</summary>
    private void CreateQuitter()
    {
        var suite = (ClientSuite)_random.Next((int)ClientSuite.Tls13ChaCha20 + 1);
        var target = SeededContent.Target(SeededContent.LargestObject - 1);
        _clients.Add(new SeededClient(_random, ClientPlan.Quitter(_random, target, suite)));
        for (var left = Math.Min(_clients.Count, 3); left > 0; left--)
            _clients.Add(new SeededClient(_random, ClientPlan.Silent(_random, suite)));
    }

    /// <summary>A client that asks for nothing comes when objects are free that have served others.</summary>
    private bool IsTimeFor(ClientPlan plan)
    {
        if (plan.SilentSteps == 0)
            return _random.Next(plan.Resumes ? 40 : 3) == 0;
        return _random.Next(4) == 0 && _clients.TrueForAll(client => client.Plan.SilentSteps > 0 || client.IsOver);
    }

    private void Connect(SeededClient client)
    {
        var worker = _workers[_random.Next(_workers.Count)];
        var session = client.Plan is { Suite: { } suite, Resumes: true } ? _sessions.Find(suite, _clients) : null;
        client.Connect(worker.Connect(client.Plan), session);
    }
}
