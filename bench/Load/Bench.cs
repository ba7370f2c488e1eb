using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>One run: starts the servers, measures comparison after comparison, and tells. What was measured is kept whatever ends the
/// run.</summary>
internal sealed class Bench
{
    private const int WarmingSeconds = 2;

    private readonly BenchOptions _options;
    private readonly ChildProcesses _processes;
    private readonly CancellationToken _interrupted;
    private readonly Site _site;
    private readonly IReadOnlyList<IServer> _servers;
    private readonly Attempts _attempts;
    private readonly Comparing _comparing;
    private readonly Wrk _wrk;
    private readonly Meter _meter;
    private readonly RunReport _report;
    private readonly Telling _telling;

    public Bench(BenchOptions options, ChildProcesses processes, CancellationToken interrupted)
    {
        _options = options;
        _processes = processes;
        _interrupted = interrupted;
        _attempts = new Attempts(failure => Console.Error.WriteLine($"bench: {failure.Sentence}"), interrupted);
        _site = new Site(options.Folder, options.LibSsl, Plan.Objects(options.Quick));
        _site.StartOrigin(processes);
        _servers = Contestants.Start(options, _site, processes);
        _comparing = new Comparing(_attempts, processes);
        _wrk = new Wrk(_site);
        _meter = new Meter(_wrk, new OtherLoad(options.Patience));
        _report = new RunReport { Circumstances = Circumstances.Of(options, _servers), Failures = () => _attempts.Failures };
        _telling = new Telling(options, _report);
    }

    /// <exception cref="BenchException">Nothing could be measured.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        _telling.Begin();
        try
        {
            foreach (var cells in Plan.Groups(_options))
                Add(_report.Results, CompareRequests(cells, _servers, _options.Rounds));
            foreach (var rates in RatePlan.Of(_options, _report.Results))
                MeasureRates(rates);
            foreach (var cells in Plan.Sweep(_options))
                Add(_report.Sweep, CompareRequests(cells, [_servers[0], _servers[^1]], Plan.RoundsOfSweep(_options)));
            if (!_options.Quick)
                CompareConnections();
        }
        finally
        {
            _telling.Keep(_interrupted.IsCancellationRequested ? null : ChoiceOfAuto());
            _telling.End();
        }

        if (_report.IsEmpty)
            throw new BenchException("nothing was measured; the lines above say why, or --only names nothing that is measured here.");
    }

    private string? ChoiceOfAuto()
    {
        var said = _attempts.Try(_servers[0].Name, "the choice of `auto`", 0, () => _servers[0].ChoiceOfRecords ?? string.Empty);
        return string.IsNullOrEmpty(said) ? null : said;
    }

    private Result? CompareRequests(CellGroup cells, IReadOnlyList<IServer> servers, int rounds) => _comparing.Run(
        cells, servers, Result.Requests, rounds,
        (candidate, cell) => _meter.Measure(candidate, cell.Connections, _options.Seconds),
        warm: (candidate, cell) => _wrk.Run(candidate.Url, cell.Connections, WarmingSeconds));

    private void MeasureRates(RateComparison rates)
    {
        _report.Rates.Add(rates.Run(
            new Contest(RatePlan.Rounds(_options), _attempts),
            (entry, rate) => RateLoad.Run(entry.Candidate, rate),
            entry => _processes.LastWords(entry.Candidate.ProcessId)));
        _telling.Keep(auto: null);
    }

    private void CompareConnections()
    {
        // One request a connection: the smallest object, so that the handshake is what costs.
        var cell = new Cell(Transport.Tls, Plan.Objects(_options.Quick)[0], 1);
        var handshakes = new Handshakes(_site);
        foreach (var (name, resume) in new[] { ("new connections, full handshake", false), ("new connections, resumed session", true) })
        {
            if (!Plan.IsWanted(_options, name))
                continue;
            Add(_report.Results, _comparing.Run(
                new CellGroup(name, [cell]), _servers, Result.NewConnections, _options.Rounds,
                (candidate, _) => handshakes.Measure(candidate, resume, _options.Seconds),
                warm: (candidate, _) => handshakes.Measure(candidate, resume, WarmingSeconds)));
        }

        if (!Plan.IsWanted(_options, "idle connections"))
            return;
        foreach (var candidates in _servers.Select(server => server.Candidates(cell)).Where(found => found.Count > 0))
            MeasureIdle(candidates[0]);
    }

    private void MeasureIdle(Candidate candidate)
    {
        var measured = _attempts.Try(
            candidate.Name, "idle connections", 0,
            () =>
            {
                Serving.Wait(candidate);
                return new IdleResult(candidate.Name, IdleMemory.Measure(candidate));
            },
            () => _processes.LastWords(candidate.ProcessId));
        if (measured is not null)
            _report.Idle.Add(measured);
    }

    private void Add(List<Result> results, Result? result)
    {
        if (result is null)
            return;
        results.Add(result);
        _telling.Keep(auto: null);
    }
}
