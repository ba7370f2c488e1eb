using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>A run inside a virtual machine whose clock counts instructions: this build and nginx over every way of making records, and
/// what the kernel copies. The run keeps its figures whatever ends it.</summary>
internal sealed class InstructionRun
{
    private readonly BenchOptions _options;
    private readonly ChildProcesses _processes;
    private readonly IReadOnlyList<IServer> _servers;
    private readonly IReadOnlyList<CellGroup> _groups;
    private readonly Attempts _attempts;
    private readonly InstructionProgress _progress;
    private readonly RunReport _report;
    private readonly Telling _telling;

    /// <exception cref="BenchException">The kernel has no TLS.</exception>
    public InstructionRun(BenchOptions options, ChildProcesses processes, CancellationToken interrupted)
    {
        if (!options.KernelTls)
            throw new BenchException("the kernel in the virtual machine has no TLS.");
        _options = options;
        _processes = processes;
        _attempts = new Attempts(failure => Say($"bench: {failure.Sentence}"), interrupted);
        var site = new Site(options.Folder, options.LibSsl, options.Objects);
        site.StartOrigin(processes);
        _servers =
        [
            new ProxyServer("tlsproxy", options.Proxy, options.With, site, processes, kernelTls: true),
            new NginxServer(site, processes, kernelTls: true),
        ];
        _groups = InstructionPlan.Groups(options);
        var work = from cells in _groups
                   from cell in cells.Cells
                   from server in _servers
                   select InstructionPlan.Work(cell, server.CandidatesOf(cell));
        _progress = new InstructionProgress(work.Sum(), Say);
        _report = new RunReport
        {
            Circumstances = EmulatedMachine.Circumstances(options, _servers),
            Failures = () => _attempts.Failures,
            Unit = CostUnit.Instructions,
        };
        _telling = new Telling(options, _report);
    }

    /// <exception cref="BenchException">Nothing could be measured.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        _telling.Begin();
        try
        {
            var comparing = new Comparing(_attempts, _processes);
            foreach (var cells in _groups)
            {
                if (comparing.Run(cells, _servers, Result.Requests, InstructionPlan.Rounds, Measure, Warm) is not { } result)
                    continue;
                _report.Results.Add(result);
                Prove(result);
                _telling.Keep(auto: null);
            }
        }
        finally
        {
            _telling.Keep(auto: null);
            _telling.End();
        }

        if (_report.IsEmpty)
            throw new BenchException("nothing was measured; the lines above say why, or --only names nothing that is measured here.");
    }

    private Sample Measure(Candidate candidate, Cell cell)
    {
        var sample = InstructionMeter.Measure(candidate, cell);
        _progress.Add(InstructionPlan.OfWindow(cell), candidate.Name, cell, sample.ProcessorMicroseconds);
        return sample;
    }

    private void Warm(Candidate candidate, Cell cell)
    {
        InstructionMeter.Warm(candidate, cell);
        _progress.Add(InstructionPlan.OfWarming(cell));
        if (!SteadyState.Reach(() => Measure(candidate, cell).ProcessorMicroseconds))
            Say($"bench: {candidate.Name}, {cell.Name}: its cost still changes after {SteadyState.WindowsAtMost} windows");
    }

    /// <summary>After the windows, for probes cost instructions too.</summary>
    private void Prove(Result result)
    {
        foreach (var standing in result.Standings.Where(one => one.Entry.Cell.Transport.NeedsKernel() && !one.IsEmpty))
        {
            var entry = standing.Entry;
            var proof = _attempts.Try(
                entry.Server, $"{entry.Cell.Name}, copies in the kernel", 0, () => InstructionMeter.Prove(entry),
                () => _processes.LastWords(entry.Candidate));
            if (proof is not null)
                _report.Copies.Add(proof);
        }
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
