using TlsProxy.Bench.Load.Display;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load;

/// <summary>One run: starts the servers, measures comparison after comparison, and tells. The run keeps its figures whatever ends
/// it.</summary>
internal sealed class Bench
{
    private const int WarmingSeconds = 2;

    private readonly BenchOptions _options;
    private readonly ChildProcesses _processes;
    private readonly CancellationToken _interrupted;
    private readonly Site _site;
    private readonly IReadOnlyList<IServer> _servers;
    private readonly IReadOnlyList<IServer> _engines;
    private readonly Attempts _attempts;
    private readonly Comparing _comparing;
    private readonly Wrk _wrk;
    private readonly Meter _meter;
    private readonly RunReport _report;
    private readonly Telling _telling;
    private readonly PlannedTime _time;

    // How much each server grew for an idle connection before it had had many.
    private readonly List<IdleResult> _idleMemory = [];
    private RunProgress? _progress;

    public Bench(BenchOptions options, ChildProcesses processes, CancellationToken interrupted)
    {
        _processes = processes;
        _interrupted = interrupted;
        _attempts = new Attempts(Say, interrupted);
        _site = new Site(options.Folder, options.LibSsl, options.Objects);
        _servers = Contestants.Start(options, _site, processes);
        _engines = Contestants.StartEngines(options, _site, processes);
        _options = options.Targets.Count == 0
            ? options
            : options with { Objects = [.. _servers.OfType<TargetServer>().SelectMany(server => server.Objects).Distinct()] };
        _comparing = new Comparing(_attempts, processes);
        _wrk = new Wrk(_site);
        _meter = new Meter(_wrk, new OtherLoad(options.Patience));
        _report = new RunReport { Circumstances = Circumstances.Of(_options, _servers), Failures = () => _attempts.Failures };
        _telling = new Telling(_options, _report);
        _time = new PlannedTime(_options, _servers);
    }

    private IReadOnlyList<IServer> OfCurves => Contestants.OfCurves(_servers);

    /// <exception cref="BenchException">Nothing could be measured.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        _telling.Begin();
        try
        {
            RunProgress.Show(_time.All, _options.Limit, Measure);
        }
        finally
        {
            _progress = null;
            _telling.Keep(_interrupted.IsCancellationRequested ? null : ChoiceOfAuto());
            _telling.End();
        }

        if (_report.IsEmpty)
            throw new BenchException("nothing was measured; the lines above say why, or --only names nothing that is measured here.");
    }

    /// <summary>The most important first: what doesn't fit into the time of a run is left out.</summary>
    private void Measure(RunProgress progress)
    {
        _progress = progress;
        // First: a server that has had as many connections keeps their memory, and would show none for these.
        if (!_options.Quick)
            CompareIdle("idle connections: memory", _time.OfIdleMemory, MeasureIdleMemory);
        foreach (var cells in Plan.Groups(_options))
        {
            Measure(cells.Name, _time.Of(cells), () => Add(
                _report.Results, CompareRequests(cells, Contestants.Of(cells, _servers), _options.Rounds)));
        }

        foreach (var rates in RatePlan.Of(_options, _report.Results, [.. OfCurves.Select(server => server.Name)]))
        {
            Measure(rates.Name, _time.OfRates(rates.Rates.Count), () => _report.Rates.Add(
                MeasureRates(rates, RatePlan.Rounds(_options))));
        }

        MeasureForwarding();
        if (!_options.Quick)
        {
            CompareConnections();
            CompareIdle("idle connections", _time.OfIdle, MeasureIdle);
        }

        MeasureCurves();
    }

    private void MeasureForwarding()
    {
        foreach (var cells in Plan.Forwarding(_options))
        {
            Measure(cells.Name, _time.OfForwarding(cells), () => Add(_report.Forwarding, CompareRequests(
                cells, _options.Quick ? OfCurves : _servers, Plan.RoundsOfForwarding(_options))));
        }

        foreach (var cells in Plan.FanOut(_options))
            Measure(cells.Name, _time.OfFanOut(cells), () => CompareFanOut(cells));
    }

    private void MeasureCurves()
    {
        if (PastSaturation.Cell(_options) is { } cell)
            Measure(PastSaturation.Name, _time.OfPastSaturation, () => MeasurePastSaturation(cell));
        foreach (var cells in SlowReadersPlan.Cells(_options))
        {
            Measure(SlowReadersPlan.NameOf(cells.Fast.Transport), _time.OfSlowReaders(cells.Fast), () => CompareSlowReaders(cells));
        }

        foreach (var cells in Plan.Sweep(_options))
        {
            Measure(cells.Name, _time.Of(cells), () => Add(
                _report.Sweep, CompareRequests(cells, OfCurves, Plan.RoundsOfSweep(_options))));
        }
    }

    private void Measure(string what, double seconds, Action measure)
    {
        if (!_progress!.TryBegin(what, seconds))
            return;
        measure();
        _progress.End();
        _telling.Keep(auto: null);
    }

    private void Say(Failure failure)
    {
        var line = $"bench: {failure.Sentence}";
        if (_progress is { } shown)
            shown.Say(line);
        else
            Console.Error.WriteLine(line);
    }

    private string? ChoiceOfAuto()
    {
        var said = _attempts.Try(_servers[0].Name, "the choice of `auto`", 0, () => _servers[0].ChoiceOfRecords ?? string.Empty);
        return string.IsNullOrEmpty(said) ? null : said;
    }

    private Result? CompareRequests(CellGroup cells, IReadOnlyList<IServer> servers, int rounds) => _comparing.Run(
        cells, servers, Result.Requests, rounds,
        (candidate, cell) => Advancing(_options.Seconds, () => Measured(candidate, cell)),
        Warm);

    private Sample Measured(Candidate candidate, Cell cell) => _meter.Measure(candidate, cell, _options.Seconds);

    private void Warm(Candidate candidate, Cell cell) => _wrk.Run(candidate.Url, cell, WarmingSeconds);

    private Entry? Best(IServer server, Cell cell) => _comparing.Best(server, cell, Warm, Measured);

    private void CompareFanOut(CellGroup cells) => _report.FanOut.AddRange(new FanOutComparing(_site, _attempts, _processes).Run(
        cells,
        _options.Quick ? OfCurves : _servers,
        Plan.RoundsOfForwarding(_options),
        () => _progress?.Advance(PlannedTime.SecondsOfFanOut)));

    /// <param name="overrun">How many times its length a load is planned to take.</param>
    private RateResult MeasureRates(RateComparison rates, int rounds, int overrun = 1) => rates.Run(
        new Contest(rounds, _attempts),
        (entry, rate) => Advancing(overrun * rate.Length.TotalSeconds, () => RateLoad.Run(entry.Candidate, rate)),
        entry => _processes.LastWords(entry.Candidate));

    private void MeasurePastSaturation(Cell cell)
    {
        // The configuration is found on fewer connections, which wrk keeps.
        var kept = cell with { Connections = _options.Connections.Max() };
        Entry[] entries =
        [
            .. OfCurves.Select(server => Best(server, kept)).OfType<Entry>().Select(entry => entry with { Cell = cell }),
        ];
        _report.PastSaturation.AddRange(
            PastSaturation.Run(
                _options, entries, rates => MeasureRates(rates, PastSaturation.Rounds(_options), RateLoad.OverrunAtMost)));
    }

    private void CompareSlowReaders((Cell Fast, Cell Slow) cells) => _report.SlowReaders.AddRange(
        new SlowReadersComparing(_attempts, _processes, Best).Run(
            _options, cells, OfCurves, () => _progress?.Advance(SlowReadersPlan.Seconds(_options))));

    private T Advancing<T>(double seconds, Func<T> measure)
    {
        var measured = measure();
        _progress?.Advance(seconds);
        return measured;
    }

    /// <summary>One request a connection, so that the connection is what costs.</summary>
    private Cell SmallestOverTls => new(_options.Transports[1], _options.Objects[0], 1);

    private void CompareConnections()
    {
        var cell = SmallestOverTls;
        var handshakes = new Handshakes(_site);
        foreach (var (name, resume) in new[] { ("new connections, full handshake", false), ("new connections, resumed session", true) })
        {
            if (!Plan.IsWanted(_options, name))
                continue;
            Measure(name, _time.OfConnections, () => Add(_report.Results, _comparing.Run(
                new CellGroup(name, [cell]), [.. _engines, .. _servers], Result.NewConnections, _options.Rounds,
                (candidate, _) => Advancing(_options.Seconds, () => handshakes.Measure(candidate, resume, _options.Seconds)),
                warm: (candidate, _) => handshakes.Measure(candidate, resume, WarmingSeconds))));
        }
    }

    private void CompareIdle(string name, double seconds, Action<string, Candidate> measure)
    {
        if (!Plan.IsWanted(_options, name))
            return;
        var cell = SmallestOverTls;
        Measure(name, seconds, () =>
        {
            foreach (var (server, candidates) in _servers.Select(server => (server.Name, server.Candidates(cell))))
            {
                if (candidates.Count > 0)
                    measure(server, candidates[0]);
            }
        });
    }

    private void MeasureIdleMemory(string server, Candidate candidate)
    {
        if (Idle(candidate, () => new IdleResult(server, IdleConnections.Kibibytes(candidate), 0, 0)) is { } measured)
            _idleMemory.Add(measured);
    }

    private void MeasureIdle(string server, Candidate candidate)
    {
        if (_idleMemory.Find(memory => memory.Server == server) is not { } known)
            return;
        var measured = Idle(candidate, () =>
        {
            var (withNone, withMany) = IdleConnections.Milliseconds(candidate);
            return known with { MillisecondsWithNone = withNone, MillisecondsWithMany = withMany };
        });
        if (measured is not null)
            _report.Idle.Add(measured);
    }

    private IdleResult? Idle(Candidate candidate, Func<IdleResult> measure) => _attempts.Try(
        candidate.Name, "idle connections", 0,
        () =>
        {
            Serving.Wait(candidate);
            // What is compiled on the way isn't what an idle server does.
            if (candidate.IsCompiledOnTheWay)
                _wrk.Run(candidate.Url, SmallestOverTls, WarmingSeconds);
            return measure();
        },
        () => _processes.LastWords(candidate));

    private static void Add(List<Result> results, Result? result)
    {
        if (result is not null)
            results.Add(result);
    }
}
