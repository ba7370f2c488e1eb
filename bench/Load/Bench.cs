using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>One run: starts the servers, measures cell after cell, and tells. What was measured is kept whatever ends the run.</summary>
internal sealed class Bench
{
    private const int WarmingSeconds = 2;

    private readonly BenchOptions _options;
    private readonly ChildProcesses _processes;
    private readonly CancellationToken _interrupted;
    private readonly Attempts _attempts;
    private readonly Preparation _preparation;
    private readonly Contest _contest;
    private readonly List<Result> _results = [];
    private readonly List<IdleResult> _idle = [];

    public Bench(BenchOptions options, ChildProcesses processes, CancellationToken interrupted)
    {
        _options = options;
        _interrupted = interrupted;
        _processes = processes;
        _attempts = new Attempts(failure => Console.Error.WriteLine($"bench: {failure.Sentence}"), interrupted);
        _preparation = new Preparation(_attempts, candidate => processes.LastWords(candidate.ProcessId));
        _contest = new Contest(options.Rounds, _attempts);
    }

    /// <exception cref="BenchException">Nothing could be measured.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        var site = new Site(_options.Folder, _options.LibSsl, Plan.Objects(_options.Quick));
        site.StartOrigin(_processes);
        var servers = Contestants.Start(_options, site, _processes);
        var circumstances = Circumstances.Of(_options, servers);
        Print(circumstances.Select(pair => $"{pair.Key}: {pair.Value}"));
        if (Machine.CongestionControl == "bbr")
            Console.WriteLine("WARNING: bbr paces loopback and hides differences on large objects; run this as root, which measures in a network of its own.");
        Print([string.Empty, .. Table.Head()]);
        try
        {
            var wrk = new Wrk(site);
            var meter = new Meter(wrk, new OtherLoad(_options.Patience));
            foreach (var cells in Plan.Groups(_options))
            {
                Compare(cells, servers, Result.Requests, (item, cell) => meter.Measure(item, cell.Connections, _options.Seconds),
                    warm: (item, cell) => wrk.Run(item.Url, cell.Connections, WarmingSeconds));
            }

            if (!_options.Quick)
                CompareConnections(servers, site);
        }
        finally
        {
            Conclude(circumstances, servers[0]);
        }

        if (_results.Count == 0 && _idle.Count == 0)
            throw new BenchException("nothing was measured; the lines above say why, or --only names nothing that is measured here.");
    }

    private static void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }

    private void Conclude(Dictionary<string, string> circumstances, IServer first)
    {
        if (_idle.Count > 0)
            Print(Table.Idle(_idle));
        Print([string.Empty, .. Table.Failures(_attempts.Failures)]);
        if (Noise.Of(_results) is { } noise)
        {
            circumstances["noise"] = noise.Sentence;
            Console.WriteLine($"noise: {noise.Sentence}");
        }

        if (!_options.KernelTls)
            Console.WriteLine("Kernel TX, kernel TX+RX and `auto` were not measured: this kernel has no TLS (modprobe tls).");
        var auto = _interrupted.IsCancellationRequested
            ? null
            : _attempts.Try(first.Name, "the choice of `auto`", 0, () => first.ChoiceOfRecords ?? string.Empty);
        var sentences = Sentence.All(TlsPrice.All(_results), string.IsNullOrEmpty(auto) ? null : auto);
        if (_options.Json is { } json)
            JsonReport.Write(json, _options, circumstances, _results, _idle, _attempts.Failures, sentences);
        Print(sentences);
    }

    private void CompareConnections(IReadOnlyList<IServer> servers, Site site)
    {
        // One request a connection: the smallest object, so that the handshake is what costs.
        var cell = new Cell(Transport.Tls, Plan.Objects(_options.Quick)[0], 1);
        var handshakes = new Handshakes(site);
        foreach (var (name, resume) in new[] { ("new connections, full handshake", false), ("new connections, resumed session", true) })
        {
            if (!Plan.IsWanted(_options, name))
                continue;
            Compare(
                new CellGroup(name, [cell]), servers, Result.NewConnections,
                (item, _) => handshakes.Measure(item, resume, _options.Seconds),
                warm: (item, _) => handshakes.Measure(item, resume, WarmingSeconds));
        }

        if (!Plan.IsWanted(_options, "idle connections"))
            return;
        foreach (var candidate in servers.Select(server => server.Candidates(cell)).Where(found => found.Count > 0).Select(found => found[0]))
        {
            var measured = _attempts.Try(candidate.Name, "idle connections", 0, () => Idle(candidate), () => _processes.LastWords(candidate.ProcessId));
            if (measured is not null)
                _idle.Add(measured);
        }
    }

    private static IdleResult Idle(Candidate candidate)
    {
        Serving.Wait(candidate);
        return new IdleResult(candidate.Name, IdleMemory.Measure(candidate));
    }

    private void Compare(
        CellGroup cells, IReadOnlyList<IServer> servers, string unit, Func<Candidate, Cell, Sample> measure, Action<Candidate, Cell> warm)
    {
        Entry[] entries =
        [
            .. from cell in cells.Cells
               from server in servers
               let best = _preparation.Best(server, cell, item => warm(item, cell), item => measure(item, cell))
               where best is not null
               select best,
        ];
        if (entries.Length == 0)
            return;
        var standings = _contest.Run(
            entries, entry => measure(entry.Candidate, entry.Cell), entry => _processes.LastWords(entry.Candidate.ProcessId));
        var result = new Result(cells.Name, unit, standings);
        _results.Add(result);
        Print(Table.Rows(result));
    }
}
